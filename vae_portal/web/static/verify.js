// The file chosen or dropped is hashed here, its hash put in the form, and the form sent: never the file.

const panel = document.getElementById("par-fichier");
const drop = document.getElementById("depose");
const chooser = document.getElementById("fichier");
const meter = document.getElementById("avancement");
const progress = document.getElementById("progres");
const told = document.getElementById("progres-texte");
const status = document.getElementById("calcul");
const form = document.getElementById("verifier");
let worker = null;

function say(sentence) {
  status.textContent = sentence;
}

function stop() {
  worker?.terminate();
  worker = null;
  meter.hidden = true;
}

function check(file) {
  stop();
  if (!file) return;
  if (file.size === 0) {
    say("Ce fichier est vide : il n'y a rien à vérifier.");
    return;
  }
  meter.hidden = false;
  progress.max = file.size;
  progress.value = 0;
  say(`Calcul de l'empreinte de « ${file.name} ».`);
  worker = new Worker(panel.dataset.worker, { type: "module" });
  worker.onerror = () => {
    stop();
    say("L'empreinte n'a pas pu être calculée par ce navigateur. Calculez-la vous-même et collez-la ci-dessus.");
  };
  worker.onmessage = ({ data }) => {
    if (data.fault) {
      stop();
      say("Ce fichier n'a pas pu être lu jusqu'au bout. Choisissez un fichier, pas un dossier.");
    } else if (data.sha256) {
      stop();
      say("Empreinte calculée. Vérification…");
      document.getElementById("code").value = data.sha256;
      form.requestSubmit();
    } else {
      progress.value = data.read;
      told.textContent = `${Math.floor((100 * data.read) / file.size)} %`;
    }
  };
  worker.postMessage(file);
}

chooser.addEventListener("change", () => check(chooser.files[0]));
for (const event of ["dragenter", "dragover"]) {
  panel.addEventListener(event, (drag) => {
    drag.preventDefault();
    drop.classList.add("over");
  });
}
for (const event of ["dragleave", "drop"]) panel.addEventListener(event, () => drop.classList.remove("over"));
panel.addEventListener("drop", (dropped) => {
  dropped.preventDefault();
  check(dropped.dataTransfer.files[0]);
});
// A file dropped beside the zone would otherwise replace the page.
for (const event of ["dragover", "drop"]) window.addEventListener(event, (drag) => drag.preventDefault());
panel.hidden = false;
