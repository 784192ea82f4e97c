// Keeps true what an open page says about the visitor's own bag: counts down, offers to renew
// shortly before the end, and follows what other tabs have done. The server says how many
// seconds are left, so that a visitor's wrong clock does not matter.
(() => {
    const SECOND = 1000;
    const ASK_EVERY = 15 * SECOND;
    const SHOW_NEWS_FOR = 10 * SECOND;
    // A reservation may hold for days; nobody needs its seconds.
    const COUNT_FROM = 3600;
    const QUIET_UNTIL = "hold-quiet-until";

    const dialog = document.querySelector("[data-reminder]");
    const news = document.querySelector("[data-reminder-news]");
    const form = dialog.querySelector("form");
    const title = dialog.querySelector("[tabindex]");
    const failed = dialog.querySelector("[data-failed]");
    const badge = document.querySelector(".bag-link .badge");
    const lines = [...document.querySelectorAll("[data-hold]")];
    const takeAgain = [...document.querySelectorAll("[data-again]")];
    const remindAt = Number(dialog.dataset.remindAt);

    let bag = {
        held: Number(dialog.dataset.held),
        ended: Number(dialog.dataset.ended),
        seconds_left: Number(dialog.dataset.secondsLeft),
    };
    let readAt = Date.now();
    let askedAt = -Infinity;
    let hasEnded = false;
    // What the dialog says: that time is running out ("soon"), that it does and cannot be
    // renewed ("last"), that it has "ended", or nothing.
    let mode = "";

    // Below zero it is over: the server leaves out the fraction of a second.
    const left = (seconds) => seconds - Math.floor((Date.now() - readAt) / SECOND);
    const isQuiet = () => Date.now() < Number(localStorage.getItem(QUIET_UNTIL));
    const isDue = () => {
        const rest = left(bag.seconds_left);
        return bag.held > 0 && (rest < 0 || (rest <= remindAt && !isQuiet()));
    };

    const countdown = (seconds) => {
        if (seconds > COUNT_FROM) return "";
        const rest = Math.max(0, seconds);
        return `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
    };

    const showTimes = () => {
        for (const line of lines) {
            const rest = left(Number(line.dataset.secondsLeft));
            const clock = countdown(rest);
            line.querySelector("[data-countdown]").textContent = clock && `(${clock})`;
            line.classList.toggle("hold--soon", rest <= remindAt);
        }
        dialog.querySelector("[data-countdown]").textContent = countdown(left(bag.seconds_left));
    };

    const wantedMode = () => {
        if (hasEnded) return "ended";
        if (!isDue()) return "";
        return bag.renewable ? "soon" : "last";
    };

    const say = () => {
        const attribute = `data-when-${mode}`;
        for (const element of dialog.querySelectorAll(`[${attribute}]`)) {
            element.textContent = element.getAttribute(attribute).replace("%s", bag.until);
        }
        for (const element of dialog.querySelectorAll("[data-only]")) {
            element.hidden = !element.dataset.only.split(" ").includes(mode);
        }
        failed.textContent = "";
        if (!dialog.open) dialog.showModal();
        title.focus();
    };

    const showDialog = () => {
        const wanted = wantedMode();
        if (wanted === mode) return;
        mode = wanted;
        if (mode) say();
        else dialog.close();
    };

    const learn = (fresh) => {
        if (fresh.ended !== bag.ended) hasEnded = fresh.ended > bag.ended;
        const changed = fresh.held !== bag.held;
        bag = fresh;
        readAt = Date.now();
        for (const line of lines) {
            const known = fresh.lines[line.dataset.hold];
            line.dataset.secondsLeft = known ? known.seconds_left : 0;
            if (known) line.querySelector("[data-until]").textContent = known.until;
        }
        showWhatHasEnded();
        if (badge) badge.hidden = bag.held === 0;
        if (changed && !hasEnded) reloadIfNothingIsTyped();
        showTimes();
        showDialog();
    };

    // At the checkout, where what is typed must stay: what is no longer held can be taken again.
    const showWhatHasEnded = () => {
        for (const again of takeAgain) {
            const line = lines.find((each) => each.dataset.hold === again.dataset.again);
            const held = bag.lines[again.dataset.again]?.held ?? 0;
            const missing = Number(again.dataset.wanted) - held;
            line.hidden = held === 0;
            again.hidden = missing <= 0;
            again.elements.quantity.value = missing;
        }
    };

    const takeItAgain = async (again) => {
        const refused = again.querySelector("[data-refused]");
        const response = await fetch(again.action, {
            method: "POST",
            body: new FormData(again),
            headers: { Accept: "application/json" },
        }).catch(() => null);
        if (!response?.ok) {
            refused.textContent = refused.dataset.failed;
            return;
        }
        const fresh = await response.json();
        learn(fresh);
        refused.textContent = fresh.refusal ?? "";
        if (fresh.message) showNews(fresh.message);
    };

    const showNews = (text) => {
        news.textContent = text;
        setTimeout(() => (news.textContent = ""), SHOW_NEWS_FOR);
    };

    const reloadIfNothingIsTyped = () => {
        if (document.querySelector("[data-reload]")) location.reload();
    };

    // Whoever is offline is asked again later.
    const ask = async () => {
        askedAt = Date.now();
        const response = await fetch(dialog.dataset.stateUrl).catch(() => null);
        if (response?.ok) learn(await response.json());
    };

    const renew = async () => {
        const response = await fetch(form.action, {
            method: "POST",
            body: new FormData(form),
            headers: { Accept: "application/json" },
        }).catch(() => null);
        if (!response?.ok) {
            failed.textContent = failed.dataset.failed;
            return;
        }
        const fresh = await response.json();
        learn(fresh);
        if (!mode) showNews(fresh.message);
    };

    const tick = () => {
        showTimes();
        if (dialog.open) showDialog();
        if (isDue() && Date.now() - askedAt >= ASK_EVERY) ask();
    };

    form.addEventListener("submit", (event) => {
        event.preventDefault();
        renew();
    });
    for (const again of takeAgain) {
        again.addEventListener("submit", (event) => {
            event.preventDefault();
            takeItAgain(again);
        });
    }
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
        // Without a mode it was this script that closed it.
        if (!mode) return;
        if (mode === "ended") reloadIfNothingIsTyped();
        else localStorage.setItem(QUIET_UNTIL, Date.now() + left(bag.seconds_left) * SECOND);
        hasEnded = false;
        mode = "";
    });
    document.addEventListener("visibilitychange", () => document.hidden || ask());
    // The browser's back button may show a page as it was left.
    window.addEventListener("pageshow", (event) => event.persisted && ask());
    tick();
    setInterval(tick, SECOND);
})();
