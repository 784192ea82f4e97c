// Shows what a search would find while it is typed: a list to choose from by keyboard, mouse or
// touch. Without it the form searches as ever, and so does Enter while nothing is chosen.
(() => {
    const input = document.querySelector("[data-suggestions]");
    if (!input) return;
    const PAUSE = 150;
    const LEAST_LETTERS = 2;
    const form = input.form;
    const list = document.createElement("ul");
    let timer = 0;
    let asking = new AbortController();

    list.id = `${input.id}-list`;
    list.className = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.dataset.name);
    list.hidden = true;
    form.append(list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");

    const chosen = () => list.querySelector("[aria-selected=true]");

    function choose(option) {
        chosen()?.setAttribute("aria-selected", "false");
        option?.setAttribute("aria-selected", "true");
        option?.scrollIntoView({ block: "nearest" });
        if (option) input.setAttribute("aria-activedescendant", option.id);
        else input.removeAttribute("aria-activedescendant");
    }

    function show(things) {
        list.replaceChildren(...things.map(optionOf));
        open(things.length > 0);
    }

    function open(isOpen) {
        list.hidden = !isOpen;
        input.setAttribute("aria-expanded", String(isOpen));
        if (!isOpen) choose(null);
    }

    function optionOf(thing, number) {
        const option = document.createElement("li");
        const maker = document.createElement("span");
        option.id = `${list.id}-${number}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.address = thing.address;
        option.append(thing.title);
        if (thing.maker) {
            maker.className = "soft";
            maker.textContent = ` · ${thing.maker}`;
            option.append(maker);
        }
        return option;
    }

    async function ask() {
        asking.abort();
        asking = new AbortController();
        const words = input.value.trim();
        if (words.length < LEAST_LETTERS) return show([]);
        const address = `${input.dataset.suggestions}?q=${encodeURIComponent(words)}`;
        try {
            const answer = await fetch(address, { signal: asking.signal });
            if (!answer.ok) return show([]);
            const { things } = await answer.json();
            // Whoever has gone on meanwhile is not held up by a list.
            if (document.activeElement === input) show(things);
        } catch {
            // Another letter was typed, or there is no network: the form needs neither.
        }
    }

    function move(step) {
        const options = [...list.children];
        const at = options.indexOf(chosen());
        const next = at < 0 && step < 0 ? options.length - 1 : at + step;
        choose(options[next] ?? null);
    }

    input.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(ask, PAUSE);
    });
    input.addEventListener("keydown", (event) => {
        if (list.hidden || event.isComposing) return;
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            move(event.key === "ArrowDown" ? 1 : -1);
        } else if (event.key === "Enter" && chosen()) {
            event.preventDefault();
            location.assign(chosen().dataset.address);
        } else if (event.key === "Escape") {
            event.preventDefault();
            open(false);
        }
    });
    input.addEventListener("blur", () => {
        clearTimeout(timer);
        asking.abort();
        open(false);
    });
    // The field keeps the focus, so that the list is still there when the finger is lifted.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
        const option = event.target.closest("[role=option]");
        if (option) location.assign(option.dataset.address);
    });
})();
