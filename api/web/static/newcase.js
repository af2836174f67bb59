// The checklist of a product as soon as it is chosen. Only roles go to the server here: names stay until the form is sent.
import { ask } from "./app.js";

const form = document.getElementById("new"), place = document.getElementById("wanted");
async function show() {
  const who = [0, 1, 2, 3].filter((n) => n === 0 || form[`name${n}`].value || form[`number${n}`].value).map((n) => `${form[`role${n}`].value}:${form[`marital${n}`].value}`);
  if (!form.product.value) return;
  const [status, html] = await ask("GET", `/cases/new/checklist?product=${form.product.value}&who=${who.join(",")}`);
  if (status === 200) place.innerHTML = html;
}
form.addEventListener("change", show);
show();
