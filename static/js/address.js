// Shows the fields that addresses of the chosen country have, and what sending costs to there, as
// far as the page says it; without this, a button does.
(() => {
    function prepare(box) {
        const button = box.querySelector("[data-reshape]");
        // Neither what Enter presses, nor in the way.
        button.type = "button";
        button.parentElement.hidden = true;
    }

    function named(box) {
        return [...box.querySelectorAll("[name]")].filter((field) => field.type !== "button");
    }

    function follow(fresh, sent) {
        for (const old of document.querySelectorAll("[data-follows]")) {
            const anew = fresh.querySelector(`[data-follows="${old.dataset.follows}"]`);
            if (!anew) continue;
            // What was typed or chosen while we asked stays.
            for (const field of named(old)) {
                const same = named(anew).find((each) => each.id === field.id);
                if (!same) continue;
                if (field.type === "radio") same.checked = field.checked;
                else if (field.value !== sent.get(field.name)) same.value = field.value;
            }
            const focused = old.contains(document.activeElement) && document.activeElement.id;
            old.replaceWith(anew);
            if (focused) document.getElementById(focused)?.focus();
        }
    }

    async function reshape(select) {
        const button = select.closest("[data-address]").querySelector("[data-reshape]");
        const sent = new FormData(select.form);
        sent.append(button.name, button.value);
        const answer = await fetch(select.form.action, { method: "POST", body: sent });
        // Another country was chosen meanwhile: its own answer comes.
        if (sent.get(select.name) !== select.value) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (!answer.ok || !page.querySelector("[data-address]")) {
            // Nothing is sent there: the whole page says so.
            button.type = "submit";
            button.click();
            return;
        }
        follow(page, sent);
        document.querySelectorAll("[data-address]").forEach(prepare);
    }

    document.querySelectorAll("[data-address]").forEach(prepare);
    document.addEventListener("change", (event) => {
        const select = event.target.closest("[data-address] select[name=country_code]");
        if (select) reshape(select);
    });
})();
