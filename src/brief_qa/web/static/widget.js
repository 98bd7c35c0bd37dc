// A question box for any page: <script src="https://archive.example/widget.js"></script>
//
// In the body of a page, the script puts a box where it stands, with its own data-* attributes;
// in the head, it only makes <brief-qa> known. Nothing of an archive or of a question is read as
// HTML, nothing is evaluated, and styles are a constructed sheet in a shadow root: a strict
// Content-Security-Policy needs only script-src and connect-src of the archive's server.
(() => {
  "use strict";

  const script = document.currentScript;
  const here = script?.src ? new URL(".", script.src).href : document.baseURI;

  const words = {
    heading: "Questions à l’archive",
    label: "Votre question",
    placeholder: "Posez votre question",
    ask: "Demander",
    stop: "Arrêter",
    examples: "Par exemple",
    conversation: "Conversation",
    searching: "Recherche dans l’archive…",
    reading: (passages, articles) =>
      `Lecture de ${counted(passages, "passage")} de ${counted(articles, "article")}…`,
    writing: "Rédaction en cours…",
    understood: (question) => `Comprise comme : « ${question} »`,
    sources: "Sources",
    near: "Articles proches",
    source: (number) => `Source ${number}`,
    untitled: "Sans titre",
    read: "Lire l’article",
    on: (host) => `Sur ${host}`,
    newTab: " (nouvel onglet)",
    stopped: "Arrêtée.",
    unreachable: "Le serveur de l’archive ne répond pas, ou n’autorise pas cette page.",
    cutOff: "La réponse a été coupée. Reposez la question.",
    whole: "Ouvrir l’archive entière",
  };

  const LONGEST = 4000; // characters of a question that the server takes
  const REMEMBERED = 5; // earlier questions that one may lean on
  const NEAR = 4;
  const WHOLE_QUOTE_WORDS = 12; // a longer quotation is pointed at by its first and last words
  const EDGE_WORDS = 5;
  // What shows nothing, and can reorder or hide a text; as texts.UNSEEN.
  const UNSEEN =
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u{d800}-\u{dfff}\u{e0000}-\u{e007f}]/gu;
  const SIGNS = /(?<=«) | (?=[;:!?»%€]|$)/g; // a number of a citation may follow the end

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host {
      all: initial; display: block; color-scheme: light dark; container-type: inline-size;
      --ink: light-dark(#1d1c1a, #e9e6df); --soft: light-dark(#5e5a52, #aaa59b);
      --paper: light-dark(#fbfaf6, #16181b); --sheet: light-dark(#ffffff, #1e2125);
      --rule: light-dark(#dcd7cb, #363a40); --link: light-dark(#8c2f1b, #f0a58f);
      --wash: light-dark(#f6e9e3, #3a2621); --on-link: light-dark(#ffffff, #16181b);
      --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
      --serif: Charter, "Bitstream Charter", Cambria, Georgia, serif;
      color: var(--ink); font: 16px/1.5 var(--sans);
    }
    :host([hidden]) { display: none; }
    :host([theme="light"]) { color-scheme: light; }
    :host([theme="dark"]) { color-scheme: dark; }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    section { padding: 20px; border: 1px solid var(--rule); border-radius: 6px;
      background: var(--paper); }
    h2 { margin: 0 0 12px; font: 600 20px/1.3 var(--serif); }
    h3 { margin: 22px 0 4px; font: 600 17px/1.4 var(--serif); }
    h4 { margin: 14px 0 4px; font-size: 12px; font-weight: 600; color: var(--soft);
      letter-spacing: 0.04em; }
    p, ul, ol, li { margin: 0; padding: 0; list-style: none; }
    h3, p, li, a { overflow-wrap: anywhere; }
    a { color: var(--link); text-underline-offset: 2px; }
    :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
    .said { margin: 8px 0; font: 17px/1.55 var(--serif); white-space: pre-line; }
    .cite { padding: 0 1px; font: 600 13px/1 var(--sans); text-decoration: none; }
    .cite:hover { text-decoration: underline; }
    .note, .step, .facts { font-size: 14px; color: var(--soft); }
    .trouble, .refusal { margin: 8px 0; padding: 8px 12px; background: var(--wash);
      border-left: 3px solid var(--link); }
    .sources li { padding: 6px 0; border-top: 1px solid var(--rule); font-size: 14px; }
    .sources .title { display: block; font: 600 15px/1.4 var(--serif); }
    .sources .number { font-weight: 600; color: var(--link); }
    .sources a + a { margin-left: 14px; }
    form { display: flex; gap: 8px; margin-top: 16px; }
    input { flex: 1; min-width: 0; padding: 9px 12px; color: inherit; font: inherit;
      background: var(--sheet); border: 1px solid var(--soft); border-radius: 4px; }
    input::placeholder { color: var(--soft); opacity: 1; }
    button { padding: 9px 16px; color: var(--on-link); font: 600 15px/1.4 var(--sans);
      background: var(--link); border: 1px solid var(--link); border-radius: 4px; cursor: pointer; }
    .examples { margin-top: 12px; font-size: 14px; color: var(--soft); }
    .examples li { margin-top: 4px; }
    .examples button { padding: 2px 0; color: var(--link); font: inherit; text-align: start;
      background: none; border: 0; text-decoration: underline; text-underline-offset: 2px; }
    footer { margin-top: 14px; font-size: 13px; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
      white-space: nowrap; }
    @container (max-width: 420px) {
      section { padding: 14px; }
      form { flex-wrap: wrap; }
      input { flex-basis: 100%; }
    }
  `);

  // -- text and addresses -------------------------------------------------------------

  const shown = (text) => String(text ?? "").replace(UNSEEN, "").replace(SIGNS, "\u00a0");

  /** A message of the server, with a page's apostrophes. */
  const announced = (text) => shown(text).replaceAll("'", "’");

  const counted = (count, noun) => `${count}\u00a0${noun}${count > 1 ? "s" : ""}`;

  const day = (iso) => {
    if (!iso) return "sans date";
    const format = { dateStyle: "long", timeZone: "UTC" };
    const told = new Date(iso).toLocaleDateString("fr-FR", format);
    return told.replace(/^1 /, "1er ");
  };

  /** An http(s) address, or null: nothing else is ever linked to. */
  const web = (address) => {
    try {
      const url = new URL(address);
      return ["http:", "https:"].includes(url.protocol) && url.hostname ? url : null;
    } catch {
      return null;
    }
  };

  /** The text fragment that has a browser go to the quotations. */
  const fragment = (quotes) => {
    const encoded = (some) => encodeURIComponent(some.join(" ")).replaceAll("-", "%2D");
    const directive = (quote) => {
      const all = quote.toWellFormed().split(/\s+/).filter(Boolean);
      return all.length <= WHOLE_QUOTE_WORDS
        ? encoded(all)
        : `${encoded(all.slice(0, EDGE_WORDS))},${encoded(all.slice(-EDGE_WORDS))}`;
    };
    return quotes.length ? `:~:${quotes.map((quote) => `text=${directive(quote)}`).join("&")}` : "";
  };

  const at = (url, quotes) => {
    const directives = fragment(quotes);
    return directives ? `${url.href}${url.hash ? "" : "#"}${directives}` : url.href;
  };

  // -- elements -----------------------------------------------------------------------

  const element = (tag, properties = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in made) made[name] = value;
      else made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  };

  const link = (address, className, ...children) =>
    element("a", {
      href: address,
      target: "_blank",
      rel: "noopener noreferrer nofollow",
      className,
    }, ...children, element("span", { className: "unseen", textContent: words.newTab }));

  /** A paragraph of an answer: its numbers lead to their articles, the words that answer are bold. */
  const paragraph = (text, citations, addressOf) => {
    const made = element("p", { className: "said", dir: "auto" });
    const quoted = citations
      .map((citation) => ({ citation, from: text.indexOf(citation.quote) }))
      .filter(({ citation, from }) => citation.quote && from >= 0)
      .map((one) => ({ ...one, to: one.from + one.citation.quote.length }));
    const strong = quoted.filter(({ citation }) => citation.span).map(({ citation, from }) => {
      const letters = [...citation.quote]; // offsets count characters, JavaScript's pairs of bytes
      const before = letters.slice(0, citation.span[0] - citation.start).join("").length;
      const inside = letters.slice(0, citation.span[1] - citation.start).join("").length;
      return [from + before, from + inside];
    }).sort(([one], [other]) => one - other);

    const say = (from, to) => {
      for (const [start, stop] of strong) {
        if (stop <= from || start >= to) continue;
        made.append(shown(text.slice(from, Math.max(from, start))));
        made.append(element("strong", {
          textContent: shown(text.slice(Math.max(from, start), Math.min(to, stop))),
        }));
        from = Math.min(to, stop);
      }
      made.append(shown(text.slice(from, to)));
    };

    let done = 0;
    for (const found of text.matchAll(/\[(\d{1,3})\]/g)) {
      const citation = citations.find((one) => one.number === Number(found[1]));
      // A number inside a quotation is the article's own.
      const inside = quoted.some(({ from, to }) => from <= found.index && found.index < to);
      if (!citation || inside) continue;
      say(done, found.index);
      made.append(link(addressOf(citation), "cite", `[${found[1]}]`));
      made.lastChild.setAttribute("aria-label", words.source(citation.number) + words.newTab);
      made.lastChild.title = shown(citation.article.title);
      done = found.index + found[0].length;
    }
    say(done, text.length);
    return made;
  };

  // -- the server ---------------------------------------------------------------------

  /** The events of a stream, as [name, record] pairs. */
  async function* events(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let held = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      held += value;
      const whole = held.split("\n\n");
      held = whole.pop();
      for (const block of whole) {
        const found = /^event: (\w+)\ndata: (.*)$/s.exec(block);
        if (found) yield [found[1], JSON.parse(found[2])];
      }
    }
  }

  class Box extends HTMLElement {
    static observedAttributes = ["heading", "placeholder", "examples", "server"];

    #root = this.attachShadow({ mode: "open" });
    #history = [];
    #asked = null; // the AbortController of the question under way
    #title;
    #log;
    #field;
    #send;
    #halt;
    #tries;
    #whole;

    connectedCallback() {
      if (this.#root.firstChild) return;
      this.#root.adoptedStyleSheets = [sheet];
      this.#build();
    }

    disconnectedCallback() {
      this.#asked?.abort();
    }

    attributeChangedCallback() {
      if (this.#root.firstChild) this.#tell();
    }

    get #server() {
      const given = this.getAttribute("server");
      return web(given && !given.endsWith("/") ? `${given}/` : (given ?? here)) ?? new URL(here);
    }

    #build() {
      this.#title = element("h2", { id: "title" });
      this.#log = element("div", { role: "log", "aria-label": words.conversation });
      this.#field = element("input", {
        id: "field",
        type: "text",
        maxLength: LONGEST,
        autocomplete: "off",
        enterKeyHint: "send",
        dir: "auto",
      });
      const label = element("label", {
        htmlFor: "field",
        className: "unseen",
        textContent: words.label,
      });
      this.#send = element("button", { type: "submit", textContent: words.ask });
      this.#halt = element("button", { type: "button", textContent: words.stop, hidden: true });
      const form = element("form", {}, label, this.#field, this.#send, this.#halt);
      this.#tries = element("div", { className: "examples" });
      this.#whole = element("footer");
      this.#root.append(
        element("section", { "aria-labelledby": "title" },
          this.#title, this.#log, form, this.#tries, this.#whole),
      );
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.ask(this.#field.value);
      });
      this.#halt.addEventListener("click", () => this.stop());
      this.#root.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && this.#asked) this.stop();
      });
      this.#tell();
    }

    /** Say what the attributes say. */
    #tell() {
      this.#title.textContent = shown(this.getAttribute("heading") ?? words.heading);
      this.#field.placeholder = shown(this.getAttribute("placeholder") ?? words.placeholder);
      const examples = (this.getAttribute("examples") ?? "").split("|").map((one) => one.trim());
      const buttons = examples.filter(Boolean).map((question) => {
        const button = element("button", { type: "button", textContent: shown(question) });
        button.addEventListener("click", () => this.ask(question));
        return element("li", {}, button);
      });
      this.#tries.replaceChildren(
        ...(buttons.length ? [words.examples, element("ul", {}, ...buttons)] : []),
      );
      this.#whole.replaceChildren(link(this.#server.href, "", words.whole));
    }

    /** Put a question, as a person would. */
    async ask(question) {
      question = question.trim();
      if (!question || this.#asked) return;
      const exchange = element("div", {}, element("h3", { textContent: shown(question), dir: "auto" }));
      const outcome = element("div");
      exchange.append(outcome);
      this.#log.append(exchange);
      this.#field.value = "";
      this.#tries.hidden = true;
      this.#working(new AbortController());
      try {
        await this.#follow(question, outcome, this.#asked.signal);
      } catch (error) {
        const stopped = error.name === "AbortError";
        outcome.replaceChildren(element("p", {
          className: stopped ? "note" : "trouble",
          textContent: stopped ? words.stopped : (error.told ?? words.unreachable),
        }));
      }
      this.#working(null);
    }

    /** End the question under way. */
    stop() {
      this.#asked?.abort();
    }

    #working(asked) {
      const held = this.#root.activeElement === this.#halt;
      this.#asked = asked;
      this.#send.hidden = Boolean(asked);
      this.#halt.hidden = !asked;
      if (held) this.#field.focus();
    }

    async #follow(question, outcome, signal) {
      const step = (told) => element("p", { className: "step", textContent: told });
      outcome.replaceChildren(step(words.searching));
      const reply = await fetch(new URL("api/v1/ask", this.#server), {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
        body: JSON.stringify({ question, history: this.#history }),
        credentials: "omit",
        referrerPolicy: "no-referrer",
        signal,
      });
      if (!reply.ok) throw await this.#problem(reply);
      for await (const [name, record] of events(reply.body)) {
        if (name === "hits") {
          const articles = new Set(record.map((hit) => hit.article.id)).size;
          outcome.replaceChildren(step(words.reading(record.length, articles)));
        } else if (name === "sentence") {
          outcome.replaceChildren(...this.#said(record), step(words.writing));
        } else if (name === "answer") {
          this.#history = [...this.#history, [question, record.text]].slice(-REMEMBERED);
          outcome.replaceChildren(...this.#answer(record));
          return;
        } else if (name === "problem") {
          throw Object.assign(new Error(), { told: announced(record.detail) });
        }
      }
      throw Object.assign(new Error(), { told: words.cutOff });
    }

    /** What the server says of why it did not answer. */
    async #problem(reply) {
      const isProblem = reply.headers.get("Content-Type")?.startsWith("application/problem+json");
      const told = isProblem ? announced((await reply.json()).detail) : words.unreachable;
      return Object.assign(new Error(), { told });
    }

    #answer(answer) {
      const note = (told) => element("p", { className: "note", dir: "auto", textContent: announced(told) });
      const before = answer.understood ? [note(words.understood(answer.understood.question))] : [];
      if (answer.refused) {
        const refusal = element("p", { className: "refusal", textContent: announced(answer.text) });
        const reason = answer.reason ? [note(answer.reason)] : [];
        return [...before, refusal, ...reason, ...this.#near(answer.hits)];
      }
      const notes = [answer.notice, ...answer.notes].filter(Boolean).map(note);
      return [...before, ...this.#said(answer), ...notes, ...this.#sources(answer.citations)];
    }

    #said(answer) {
      return answer.text.split("\n\n").map((text) =>
        paragraph(text, answer.citations, (one) => this.#page(one.article, [one.quote])));
    }

    /** The archive's own page of an article, at the quotations. */
    #page(article, quotes) {
      const url = new URL("article", this.#server);
      url.searchParams.append("id", article.id);
      quotes.forEach((quote) => url.searchParams.append("citation", quote));
      return at(url, quotes);
    }

    #sources(citations) {
      const cited = Map.groupBy(citations, (citation) => citation.article.id);
      return this.#list(words.sources, [...cited.values()].map((some) => {
        const numbers = some.map((one) => `[${one.number}]`).join(" ");
        return [some[0].article, some.map((one) => one.quote), numbers];
      }));
    }

    #near(hits) {
      const nearest = new Map(hits.map((hit) => [hit.article.id, hit.article])).values();
      return this.#list(words.near, [...nearest].slice(0, NEAR).map((one) => [one, [], ""]));
    }

    #list(heading, entries) {
      const items = entries.map(([article, quotes, numbers]) => {
        const live = web(article.url);
        const source = article.source || live?.hostname.replace(/^www\./, "") || "";
        const told = [source, day(article.published)].filter(Boolean).map(shown).join(" · ");
        const links = [link(this.#page(article, quotes), "", words.read)];
        if (live) links.push(link(at(live, quotes), "", words.on(live.hostname.replace(/^www\./, ""))));
        return element("li", {},
          element("span", { className: "number", textContent: numbers && `${numbers} ` }),
          element("span", { className: "facts", textContent: told, dir: "auto" }),
          element("span", {
            className: "title",
            dir: "auto",
            textContent: shown(article.title).trim() || words.untitled,
          }),
          ...links);
      });
      if (!items.length) return [];
      return [element("h4", { textContent: heading }), element("ul", { className: "sources" }, ...items)];
    }
  }

  if (!customElements.get("brief-qa")) customElements.define("brief-qa", Box);

  if (script && document.body?.contains(script)) {
    script.after(element("brief-qa", { ...script.dataset }));
  }
})();
