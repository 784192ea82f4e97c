// A page that was made ready or fetched before it was asked for, or that comes back as it was
// left, may say what is true no more. Before its buttons work it is asked for again, and loaded
// anew if what it says of things or of the bag has changed.
(() => {
    const SAID = ".tile__state, .item__price, .tile__price, .item__buy, .masthead__people";
    const LONGEST = 4000;
    const main = document.querySelector("main");

    const said = (page) => [...page.querySelectorAll(SAID)].map((each) => each.textContent).join();

    async function look() {
        main.inert = true;
        try {
            const options = { cache: "no-cache", signal: AbortSignal.timeout(LONGEST) };
            const answer = await fetch(location.href, options);
            const page = new DOMParser().parseFromString(await answer.text(), "text/html");
            if (!answer.ok || said(page) !== said(document)) location.reload();
        } catch {
            // No answer: what is pressed is asked of the server anyway.
        } finally {
            main.inert = false;
        }
    }

    if (!document.querySelector(".tile__state, .item__buy")) return;
    window.addEventListener("pageshow", (event) => event.persisted && look());
    document.addEventListener("prerenderingchange", look, { once: true });
    const [arrival] = performance.getEntriesByType("navigation");
    if (arrival?.deliveryType === "navigational-prefetch") look();
})();
