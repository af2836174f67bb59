"""One file per document type; extractors.doctype finds them."""
