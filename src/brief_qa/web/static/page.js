// What a reader does with answers: go from a citation to its source, read an article.
// Everything listened for is on the document, since Gradio redraws what it holds.
(() => {
  "use strict";

  const words = {
    close: "Fermer",
    copied: "Copié",
    failed: "Impossible d’ouvrir l’article : le serveur ne répond pas.",
  };

  const point = (target) => {
    document.querySelectorAll(".here").forEach((element) => element.classList.remove("here"));
    target.classList.add("here");
    target.scrollIntoView({ block: "nearest" });
  };

  // -- an article: beside the conversation where there is room, else over the page ---------

  const BESIDE = matchMedia("(min-width: 1180px)");
  let openedFrom = null;

  const makeReader = () => {
    const reader = document.createElement("dialog");
    reader.id = "reader";
    reader.setAttribute("aria-labelledby", "whole-title");
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close";
    close.textContent = words.close;
    close.addEventListener("click", () => reader.close());
    reader.addEventListener("close", () => {
      if (reader.open) return; // another article took its place
      if (history.state?.depth) history.go(-history.state.depth);
      if (openedFrom?.isConnected) openedFrom.focus();
    });
    // A dialog that is not modal does not close by itself.
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && reader.open) reader.close();
    });
    const bar = document.createElement("header");
    bar.className = "bar";
    bar.append(document.createElement("p"), close);
    const content = document.createElement("div");
    content.className = "content";
    reader.append(bar, content);
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

  const plain = (text) => text.replace(/\s+/g, " ").trim();

  // The article with all that the conversation quotes of it marked, at the quotation of the address.
  const read = async ({ article: href, beside }) => {
    const address = new URL(href);
    const quotes = new Set(address.searchParams.getAll("citation"));
    const [first] = quotes;
    for (const other of document.querySelectorAll(".exchange a.cite")) {
      const { searchParams } = new URL(other.href);
      if (searchParams.get("id") !== address.searchParams.get("id")) continue;
      for (const quote of searchParams.getAll("citation")) quotes.add(quote);
    }
    address.searchParams.delete("citation");
    for (const quote of quotes) address.searchParams.append("citation", quote);
    const reader = document.getElementById("reader") ?? makeReader();
    const article = await articleAt(address);
    if (history.state?.article !== href) return; // meanwhile another was opened, or this one left
    reader.querySelector(".content").replaceChildren(document.importNode(article, true));
    const facts = article.querySelector(".facts") ?? document.createElement("p");
    reader.querySelector(".bar p").replaceWith(document.importNode(facts, true));
    reader.classList.toggle("beside-it", beside);
    if (reader.open) reader.close();
    if (beside) reader.show();
    else reader.showModal();
    reader.scrollTop = 0;
    const marks = [...reader.querySelectorAll("mark")];
    const here = marks.find((mark) => first && plain(first).includes(plain(mark.textContent)));
    (here ?? marks[0])?.classList.add("first");
    (here ?? marks[0])?.scrollIntoView({ block: "center", behavior: "instant" });
  };

  // An open article is an entry of the browser's history, and so is one opened from it: Back leads
  // to the one before, then closes the first and stays on the page.
  let depth = history.state?.depth ?? 0;
  const open = (link) => {
    if (depth === 0) history.replaceState({ depth }, "");
    if (!link.closest("#reader")) openedFrom = link;
    const beside = BESIDE.matches && link.closest(".exchange, .beside-it") !== null;
    depth += 1;
    history.pushState({ depth, article: link.href, beside }, "");
    read(history.state);
  };
  addEventListener("popstate", ({ state }) => {
    const before = depth;
    depth = state?.depth ?? 0;
    if (depth) return read(state);
    if (!before || state === null) return; // null for an address that someone typed
    document.getElementById("reader")?.close();
    keep(true); // more may have been said since
  });
  if (depth) read(history.state);

  // -- a citation, seen before it is followed ---------------------------------------------

  const preview = document.createElement("div");
  preview.id = "preview";
  preview.setAttribute("role", "tooltip");
  preview.hidden = true;

  const show = (cite) => {
    const cited = document.getElementById(cite.dataset.source);
    const card = cited?.closest(".source");
    if (!card) return;
    const parts = [card.querySelector(".facts"), card.querySelector("h4"), cited.querySelector("p")];
    preview.replaceChildren(...parts.map((part) => part.cloneNode(true)));
    document.body.append(preview);
    preview.hidden = false;
    const { left, bottom, top } = cite.getBoundingClientRect();
    const { width, height } = preview.getBoundingClientRect();
    const under = bottom + 8 + height < innerHeight;
    preview.style.left = `${Math.max(12, Math.min(left, innerWidth - width - 12))}px`;
    preview.style.top = `${under ? bottom + 8 : Math.max(8, top - height - 8)}px`;
  };
  const hide = () => (preview.hidden = true);
  for (const begins of ["mouseover", "focusin"]) {
    document.addEventListener(begins, (event) => {
      const cite = event.target.closest?.("a.cite");
      if (cite && (begins === "mouseover" || cite.matches(":focus-visible"))) show(cite);
      else hide();
    });
  }
  for (const ends of ["click", "scroll", "keydown"]) addEventListener(ends, hide, true);

  // -- a text for the clipboard ---------------------------------------------------------

  const copy = async (button) => {
    const text = "here" in button.dataset ? location.href : button.dataset.copy;
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
      point(target);
      target.focus({ preventScroll: true });
    } else if (link.matches("body:not(.reading) :is(.read, .cite)")) {
      event.preventDefault();
      const source = document.getElementById(link.dataset.source);
      if (source) point(source);
      open(link);
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
    if (last && place !== last) document.getElementById("reader")?.close(); // it hides the sources
    if (place && place !== last) newest.scrollIntoView({ block: "start" });
    last = place;
    keep();
  }).observe(document.documentElement, { childList: true, subtree: true });

  // -- a conversation stands in the page's address: reloaded, bookmarked or sent, it is there ------

  let held = null;
  const keep = (again = false) => {
    const { kept } = document.querySelector("#keep [data-kept]")?.dataset ?? {};
    if (kept === undefined || (kept === held && !again)) return;
    const address = kept ? `#c=${kept}` : location.pathname + location.search;
    // Where a new one begins, Back leads to the one before it.
    if (held && !kept) history.pushState(null, "", address);
    else history.replaceState(history.state, "", address);
    held = kept;
  };
  addEventListener("hashchange", () => {
    const [, kept] = location.hash.match(/^(?:#c=(.*))?$/) ?? [null, held];
    if ((kept ?? "") !== (held ?? "")) location.reload();
  });
})();
