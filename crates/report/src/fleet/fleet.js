"use strict";
{
  const rows = [...document.querySelectorAll("#all tbody tr")];
  const names = rows.map((row) => row.firstElementChild.textContent.toLowerCase());
  const field = document.querySelector(".filter input");
  field.closest("p").hidden = rows.length < 2;
  field.addEventListener("input", () => {
    const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    rows.forEach((row, index) => {
      row.hidden = !wanted.every((word) => names[index].includes(word));
    });
  });
}
