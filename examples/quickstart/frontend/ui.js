/** Fills a list with these texts. */
export function list(id, texts) {
  document.getElementById(id).replaceChildren(...texts.map((text) => element('li', text)));
}

/** An element with a text and a class. */
export function element(tag, text, className = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className !== '') made.className = className;
  return made;
}

/** Sets the text of an element. */
export function say(id, text) {
  document.getElementById(id).textContent = text;
}

/** The table of what each service saw. */
export function showSeen({ services }) {
  const rows = services.map(({ name, port, requests, preflights }) => {
    const row = document.createElement('tr');
    row.append(
      element('td', name),
      element('td', `localhost:${port}`, 'code'),
      element('td', requests, 'number'),
      element('td', preflights, 'number'),
    );
    return row;
  });
  document.getElementById('seen').replaceChildren(...rows);
}
