// Adding articles with a progress bar, by drag and drop too. Without this file the form is sent
// as any other, and the same page tells what came of it.
(() => {
  "use strict";

  const words = {
    folder: "Choisir un dossier",
    sending: "Envoi",
    reading: (done) => `Lecture : ${done.toLocaleString("fr")} article${done > 1 ? "s" : ""}`,
    chosen: (files, size) =>
      `${files.toLocaleString("fr")} fichier${files > 1 ? "s" : ""}, ${told(size)}`,
    large: (limit) =>
      `Plus de ${told(limit)} : envoyez les fichiers en plusieurs fois, ou en zip.`,
    none: "Choisissez d’abord des fichiers.",
    failed: "L’envoi a été interrompu : le serveur ne répond pas. Rouvrez la page avant de recommencer.",
  };
  const told = (bytes) => {
    const [size, unit] = bytes < 2 ** 20 ? [bytes / 2 ** 10, "Kio"] : [bytes / 2 ** 20, "Mio"];
    return `${size.toLocaleString("fr", { maximumFractionDigits: 1 })} ${unit}`;
  };

  // What came of the last action is read out, and the keyboard goes on from there.
  if (location.hash === "#issue") document.getElementById("issue")?.focus();

  const form = document.getElementById("add");
  if (!form) return;
  const limit = () => Number(form.dataset.limit);
  const drop = form.querySelector(".drop");
  const files = document.getElementById("files");
  const send = form.querySelector("button");
  let chosen = []; // [file, its place in what was given]

  const status = document.createElement("p");
  status.className = "chosen";
  status.setAttribute("role", "status");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.hidden = true;
  bar.setAttribute("aria-label", words.sending);
  send.before(status, bar);

  const choose = (given) => {
    chosen = given;
    const size = given.reduce((sum, [file]) => sum + file.size, 0);
    if (!given.length) status.textContent = "";
    else status.textContent = size > limit() ? words.large(limit()) : words.chosen(given.length, size);
    send.disabled = size > limit();
  };
  const placed = (list) => [...list].map((file) => [file, file.webkitRelativePath || file.name]);

  // -- choosing -------------------------------------------------------------------------------

  const label = files.closest("label").cloneNode(true);
  const folder = label.querySelector("input");
  label.firstChild.textContent = words.folder;
  folder.id = "folder";
  folder.webkitdirectory = true;
  folder.removeAttribute("accept");
  files.closest("label").after(label);
  for (const input of [files, folder]) {
    input.addEventListener("change", () => choose(placed(input.files)));
  }

  const entriesOf = async (directory) => {
    const reader = directory.createReader();
    const all = [];
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!some.length) return all;
      all.push(...some);
    }
  };
  const filesOf = async (entry) => {
    if (entry.isDirectory) return (await Promise.all((await entriesOf(entry)).map(filesOf))).flat();
    const file = await new Promise((done, failed) => entry.file(done, failed));
    return [[file, entry.fullPath.slice(1)]];
  };

  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.());
    const known = entries.filter(Boolean);
    if (known.length) choose((await Promise.all(known.map(filesOf))).flat());
    else choose(placed(event.dataTransfer.files));
  });

  // -- sending --------------------------------------------------------------------------------

  const showResult = () => {
    history.replaceState(null, "", "archive#issue");
    location.reload();
  };

  const failed = (why) => {
    bar.hidden = true;
    send.disabled = false;
    status.textContent = why;
  };

  const follow = (events) => {
    const last = events.trim().split("\n\n").filter((one) => one.startsWith("event: progress")).pop();
    const data = last && JSON.parse(last.split("data: ")[1]);
    if (!data) return;
    bar.value = data.bytes_total ? data.bytes_done / data.bytes_total : 0;
    bar.setAttribute("aria-label", words.reading(data.articles));
    status.textContent = words.reading(data.articles);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!chosen.length) {
      status.textContent = words.none;
      return files.focus();
    }
    const body = new FormData();
    if (form.reprendre.checked) body.append("reprendre", "oui");
    for (const [file, place] of chosen) body.append("fichiers", file, place);
    send.disabled = true;
    bar.hidden = false;
    status.textContent = words.sending;
    const request = new XMLHttpRequest(); // fetch tells nothing of what is being sent
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "text/event-stream");
    request.upload.addEventListener("progress", (sent) => (bar.value = sent.loaded / sent.total));
    request.addEventListener("progress", () => follow(request.responseText));
    request.addEventListener("load", () => {
      // In plain text the server tells what never came as far as the archive.
      const type = request.getResponseHeader("content-type") ?? "";
      type.startsWith("text/plain") ? failed(request.responseText) : showResult();
    });
    request.addEventListener("error", () => failed(words.failed));
    request.send(body);
  });
})();
