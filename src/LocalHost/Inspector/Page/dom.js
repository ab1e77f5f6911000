// Creates elements. Text is always set as text, never as HTML.

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [property, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (property.startsWith('on')) made.addEventListener(property.slice(2), value);
    else if (property in made && typeof value !== 'string') made[property] = value;
    else made.setAttribute(property === 'className' ? 'class' : property, value === true ? '' : value);
  }

  made.append(...children.filter(child => child !== undefined && child !== null));
  return made;
}

export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

export function definitions(pairs) {
  return element('dl', {}, ...pairs.filter(([, value]) => value !== undefined && value !== null && value !== '')
    .flatMap(([term, value]) => [element('dt', {}, term), element('dd', {}, typeof value === 'object' ? value : String(value))]));
}

export const time = text => new Date(text).toLocaleTimeString([], { hour12: false });

export const date = text => text ? new Date(text).toLocaleString([], { hour12: false }) : undefined;

export function ago(text, now = Date.now()) {
  const minutes = Math.round((now - new Date(text)) / 60000);
  if (Math.abs(minutes) < 1) return 'now';
  const [number, unit] = Math.abs(minutes) < 120 ? [Math.abs(minutes), 'min'] : Math.abs(minutes) < 2880 ? [Math.round(Math.abs(minutes) / 60), 'h'] : [Math.round(Math.abs(minutes) / 1440), 'days'];
  return minutes > 0 ? `${number} ${unit} ago` : `in ${number} ${unit}`;
}

// Where the result of an action is shown. It stays the same element when its card is drawn again, so that it can be read.
export function resultOf(results, name) {
  if (!results.has(name)) results.set(name, element('p', { className: 'result', role: 'status' }));
  return results.get(name);
}

// A button that shows the result of its call beside it.
export function action(text, run, result, className) {
  const button = element('button', { type: 'button', className, onclick: async () => {
    button.disabled = true;
    result.textContent = `${text}…`;
    try {
      result.textContent = await run();
    } catch (error) {
      result.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  } }, text);
  return button;
}
