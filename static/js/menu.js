// Closes the menu of all categories by Escape, or when somebody goes on beside it.
(() => {
    const menu = document.querySelector(".site-nav__all");
    const summary = menu.querySelector("summary");

    document.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !menu.open) return;
        // Not from under the reader: who is inside goes back to where the menu was opened.
        if (menu.contains(document.activeElement)) summary.focus();
        menu.open = false;
    });
    document.addEventListener("click", (event) => {
        if (!menu.contains(event.target)) menu.open = false;
    });
})();
