// What a reader does with answers: go from a citation to its source, read an article.
// Everything listened for is on the document, since Gradio redraws what it holds.
(() => {
  "use strict";

  const words = {
    close: "Fermer",
    copied: "Copié",
    failed: "Impossible d’ouvrir l’article : le serveur ne répond pas.",
  };

  const goTo = (target) => {
    document.querySelectorAll(".here").forEach((element) => element.classList.remove("here"));
    target.classList.add("here");
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest" });
  };

  // -- an article, over the page ------------------------------------------------------

  const makeReader = () => {
    const reader = document.createElement("dialog");
    reader.id = "reader";
    reader.setAttribute("aria-labelledby", "whole-title");
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close";
    close.textContent = words.close;
    close.addEventListener("click", () => reader.close());
    const content = document.createElement("div");
    content.className = "content";
    reader.append(close, content);
    // A click on the dialog itself, not in it, is a click on the backdrop.
    reader.addEventListener("click", (event) => event.target === reader && reader.close());
    document.body.append(reader);
    return reader;
  };

  const articleAt = async (address) => {
    const page = await fetch(address).then((response) => response.text(), () => "");
    const article = new DOMParser().parseFromString(page, "text/html").querySelector("article");
    if (article) return article;
    const note = document.createElement("p");
    note.className = "note";
    note.textContent = words.failed;
    return note;
  };

  const read = async (address) => {
    const reader = document.getElementById("reader") ?? makeReader();
    const article = await articleAt(address);
    reader.querySelector(".content").replaceChildren(document.importNode(article, true));
    if (!reader.open) reader.showModal();
    reader.scrollTop = 0;
    reader.querySelector("mark")?.scrollIntoView({ block: "center" });
  };

  // -- a text for the clipboard ---------------------------------------------------------

  const copy = async (button) => {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Over plain http, which a newsroom's own network often is, browsers have no clipboard.
      const box = document.createElement("textarea");
      box.value = text;
      button.after(box);
      box.select();
      document.execCommand("copy");
      box.remove();
      button.focus();
    }
    const label = button.textContent;
    if (label === words.copied) return;
    button.textContent = words.copied;
    setTimeout(() => (button.textContent = label), 1500);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button.copy");
    if (button) return copy(button);
    const link = event.target.closest?.("a");
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || elsewhere || link.target === "_blank") return;
    const fragment = link.getAttribute("href")?.match(/^#(.+)$/);
    const target = fragment && document.getElementById(fragment[1]);
    if (target) {
      event.preventDefault();
      goTo(target);
    } else if (link.classList.contains("read")) {
      event.preventDefault();
      read(link.href);
    }
  });

  // -- a new question goes to the top, and its answer grows below it -----------------------

  let last = null;
  new MutationObserver(() => {
    const exchanges = document.querySelectorAll(".exchange");
    const newest = exchanges[exchanges.length - 1] ?? null;
    // The welcome above goes a moment after the first question has come: its place is then lost.
    const welcome = document.getElementById("welcome")?.checkVisibility() ?? false;
    const place = newest && `${newest.id} ${welcome}`;
    if (place && place !== last) newest.scrollIntoView({ block: "start" });
    last = place;
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
