/* Drag the pictures of an item into order and see the ones just chosen.
   Without this file the number fields do the same. */
"use strict";

{
    const rowsOf = (table) =>
        [...table.querySelectorAll("tr.form-row:not(.empty-form)")].filter(
            (row) => row.classList.contains("has_original") || chosenFile(row)
        );

    const chosenFile = (row) => row.querySelector("input[type=file]")?.files[0];

    const renumber = (table) => {
        rowsOf(table).forEach((row, index) => {
            row.querySelector(".field-position input").value = index + 1;
        });
    };

    const preview = (input) => {
        const cell = input.closest("tr").querySelector(".field-preview");
        cell.querySelector("canvas")?.remove();
        cell.querySelector("img")?.toggleAttribute("hidden", Boolean(input.files[0]));
        if (!input.files[0]) return;
        createImageBitmap(input.files[0], { resizeWidth: 160 }).then((bitmap) => {
            const canvas = document.createElement("canvas");
            canvas.width = bitmap.width;
            canvas.height = bitmap.height;
            canvas.getContext("2d").drawImage(bitmap, 0, 0);
            cell.append(canvas);
        }, () => {});
    };

    const move = (table, row, before) => {
        before.before(row);
        renumber(table);
    };

    const addHandle = (row) => {
        if (row.querySelector(".drag-handle")) return;
        const handle = document.createElement("span");
        handle.className = "drag-handle";
        handle.textContent = "⠿";
        handle.setAttribute("aria-hidden", "true");
        row.querySelector(".field-preview").prepend(handle);
        handle.addEventListener("pointerdown", (event) => startDrag(event, row, handle));
    };

    /* Pointer events, because drag and drop of HTML does not work by touch. */
    const startDrag = (event, row, handle) => {
        const table = row.closest("tbody");
        let target = null;
        event.preventDefault();
        handle.setPointerCapture(event.pointerId);
        row.classList.add("dragging");

        const mark = (next) => {
            target?.classList.remove("drop-before");
            target = next;
            target?.classList.add("drop-before");
        };
        const follow = (moved) => {
            const others = [...table.querySelectorAll("tr")].filter((other) => other !== row);
            mark(others.find((other) => {
                const box = other.getBoundingClientRect();
                return box.height && moved.clientY < box.top + box.height / 2;
            }));
        };
        const stop = (ended) => {
            handle.removeEventListener("pointermove", follow);
            row.classList.remove("dragging");
            const before = target ?? table.querySelector(".empty-form");
            mark(null);
            if (ended.type === "pointerup" && before) move(table, row, before);
        };
        handle.addEventListener("pointermove", follow);
        handle.addEventListener("pointerup", stop, { once: true });
        handle.addEventListener("pointercancel", stop, { once: true });
    };

    /* Photos may be dropped anywhere beside the button that chooses them. */
    const startDrop = (input) => {
        const place = input.closest(".form-row");
        place.classList.add("drop-place");
        const over = (event, is) => {
            event.preventDefault();
            place.classList.toggle("drop-place--over", is);
        };
        place.addEventListener("dragover", (event) => over(event, true));
        place.addEventListener("dragleave", (event) => over(event, false));
        place.addEventListener("drop", (event) => {
            over(event, false);
            const all = new DataTransfer();
            [...input.files, ...event.dataTransfer.files].forEach((file) => all.items.add(file));
            input.files = all.files;
            input.dispatchEvent(new Event("change"));
        });
        const shown = document.createElement("div");
        place.append(shown);
        input.addEventListener("change", () => {
            shown.replaceChildren();
            [...input.files].forEach((file) => {
                createImageBitmap(file, { resizeWidth: 160 }).then((bitmap) => {
                    const canvas = document.createElement("canvas");
                    canvas.width = bitmap.width;
                    canvas.height = bitmap.height;
                    canvas.getContext("2d").drawImage(bitmap, 0, 0);
                    shown.append(canvas);
                }, () => {});
            });
        });
    };

    const start = () => {
        document.querySelectorAll("input[data-photos]").forEach(startDrop);
        const group = document.querySelector("#images-group");
        if (!group || !group.querySelector("input[type=file]")) return;
        const rows = () => group.querySelectorAll("tr.form-row:not(.empty-form)");
        rows().forEach(addHandle);
        document.addEventListener("formset:added", () => rows().forEach(addHandle));
        group.addEventListener("change", (event) => {
            if (event.target.type === "file") preview(event.target);
        });
    };

    document.addEventListener("DOMContentLoaded", start);
}
