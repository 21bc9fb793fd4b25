// Where files come from: the picker, a whole folder, a drop, or an upload begun before and chosen again.

import { add, endpoint, files, section } from "./sendings.js";

const drop = section.querySelector(".drop");
const picker = drop.querySelector("input[type=file]");

function take(chosen) {
  for (const file of chosen) add(file);
}

async function inside(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    for (const one of some) found.push(...(await inside(one)));
  }
}

drop.addEventListener("dragover", (event) => {
  if (![...event.dataTransfer.types].includes("Files")) return;
  event.preventDefault();
  drop.classList.add("over");
});
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", async (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const direct = [...event.dataTransfer.files];
  if (!entries.length) take(direct);
  for (const entry of entries) take(await inside(entry).catch(() => []));
});
// A file dropped beside the target must not replace the page.
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => event.preventDefault());

function startPicked(event) {
  take(event.target.files);
  event.target.value = "";
}

picker.addEventListener("change", startPicked);
drop.querySelector("button:not([type=button])").hidden = true;
drop.addEventListener("submit", (event) => event.preventDefault());

const folder = document.createElement("input");
Object.assign(folder, { type: "file", webkitdirectory: true, hidden: true });
folder.addEventListener("change", startPicked);
const folderButton = document.createElement("button");
Object.assign(folderButton, { type: "button", className: "btn btn-outline-secondary", textContent: "Choisir un dossier entier" });
folderButton.onclick = () => folder.click();
drop.append(folder, folderButton);

// What this page is sending is shown here, not a second time among the files of the dossier.
function hideOwn() {
  for (const button of document.querySelectorAll("[data-resume]")) {
    const own = (one) => one.address.endsWith(`/${button.dataset.resume}`) && one.state !== "refused";
    button.closest("[data-evidence]").hidden = files.some(own);
  }
}

document.addEventListener("regions", hideOwn);

// An upload begun elsewhere, or before the tab was closed: the file is chosen again, by its name and its size

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-resume]");
  if (!button) return;
  const again = document.createElement("input");
  again.type = "file";
  again.onchange = () => {
    const file = again.files[0];
    const wanted = button.closest("[data-name]").dataset.name;
    const said = button.closest("[data-evidence]").querySelector(".file p.muted");
    if (file && file.size === Number(button.dataset.size) && file.name === wanted) {
      add(file, `${endpoint}/${button.dataset.resume}`);
      hideOwn();
    } else if (file) said.textContent = `Ce n'est pas le même fichier : choisissez « ${wanted} », celui dont l'envoi a commencé.`;
  };
  again.click();
});
