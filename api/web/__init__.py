"""The pages: brokers hand in, managers decide. Served by the API's process; every change goes through the same use cases."""
