// Say what a choice is for: the box that select2 puts in the place of a list has no name.
"use strict";

// After Django has made them, which waits for the same.
django.jQuery(() => {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
        const label = select.labels[0];
        const chosen = document.getElementById(`select2-${select.id}-container`);
        if (!label || !chosen) continue;
        label.id ||= `${select.id}_label`;
        chosen.removeAttribute("role");
        chosen.removeAttribute("aria-readonly");
        chosen.closest("[role=combobox]")?.setAttribute("aria-labelledby", `${label.id} ${chosen.id}`);
    }
});
