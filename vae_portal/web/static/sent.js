// A form was just saved by its button: what its page kept on this device in case of a cut is not needed any more.

const saved = sessionStorage.getItem("vae-envoye");
if (saved && document.querySelector("main > .notice.ok")) localStorage.removeItem(saved);
sessionStorage.removeItem("vae-envoye");
