import { HTTP_ERRORS } from '../errors.js';

/** Where a value of a template stands, which decides how it is written. */
export type Place = 'text' | 'attribute' | 'url' | 'script';

const known = new WeakMap<readonly string[], readonly Place[]>();

// Attributes that browsers follow; a value at their beginning could choose the protocol.
const urls = new Set('action background cite data formaction href manifest ping poster src xlink:href'.split(' '));
// Markup, style or several URLs in an attribute: escaping for HTML does not make them safe.
const refusedAttributes = new Set(['srcdoc', 'style', 'srcset', 'imagesrcset']);
const rawElements = new Set(['script', 'style', 'xmp', 'iframe', 'noembed', 'noframes', 'noscript', 'plaintext']);

/**
 * The place of each value of a template, read once from its constant text as a browser would. Throws `HTTP_HTML` where no escaping
 * would be safe: outside of quotes, in names, comments, styles, event handlers, and where the template ends in the middle of a tag.
 */
export function placesOf(strings: readonly string[]): readonly Place[] {
  let places = known.get(strings);
  if (places === undefined) known.set(strings, (places = readPlaces(strings)));
  return places;
}

function readPlaces(strings: readonly string[]): readonly Place[] {
  const reader = new TemplateReader();
  const places: Place[] = [];
  for (let index = 0; index < strings.length; index++) {
    reader.read(strings[index] as string);
    if (index < strings.length - 1) places.push(reader.place());
  }
  if (!reader.closed) throw refuse('and ends', 'its last tag, comment or script is not closed');
  return places;
}

type State =
  'text' | 'tag' | 'name' | 'attributes' | 'attribute-name' | 'before-value' | 'double' | 'single' | 'bare' | 'comment' | 'markup' | 'raw';

/** Follows the constant text of a template. It is the author's own, so the rules of well-formed documents are enough. */
class TemplateReader {
  #state: State = 'text';
  #name = '';
  #closing = false;
  #attribute = '';
  /** What stands in the attribute's value so far; a value of the template is noted as "\0". */
  #value = '';
  #raw = '';
  #rawText = '';

  get closed(): boolean {
    return this.#state === 'text';
  }

  read(text: string): void {
    for (let index = 0; index < text.length; index++) this.#step(text, index);
  }

  place(): Place {
    switch (this.#state) {
      case 'text':
        return 'text';
      case 'double':
      case 'single':
        return this.#attributePlace();
      case 'raw':
        if (this.#raw === 'script') return 'script';
        throw refuse(`into <${this.#raw}>`, 'no escaping is safe there');
      case 'comment':
      case 'markup':
        throw refuse('into a comment', 'no escaping is safe there');
      case 'before-value':
      case 'bare':
        throw refuse(`into the attribute ${this.#attribute} without quotes`, 'a space would end it');
      default:
        throw refuse('into a tag, outside of an attribute', 'it could become any attribute');
    }
  }

  #attributePlace(): Place {
    const name = this.#attribute;
    if (name.startsWith('on') || refusedAttributes.has(name)) throw refuse(`into the attribute ${name}`, 'no escaping is safe there');
    const before = this.#value;
    this.#value += '\0';
    if (!urls.has(name)) return 'attribute';
    if (/^\s*(?:javascript|vbscript|data)\s*:/i.test(before)) throw refuse(`into a script URL in ${name}`, 'no escaping is safe there');
    if (before.trim() === '') return 'url';
    if (/[/?#:]/.test(before)) return 'attribute';
    throw refuse(`into ${name} after another one or a text without "/"`, 'together they could choose the protocol; make the URL first');
  }

  #step(text: string, index: number): void {
    const character = text[index] as string;
    switch (this.#state) {
      case 'text':
        if (character === '<') this.#open(text, index);
        return;
      case 'tag':
      case 'name':
        if (character === '/' && this.#name === '') this.#closing = true;
        else if (/[\s/]/.test(character)) this.#state = 'attributes';
        else if (character === '>') this.#endTag();
        else {
          this.#state = 'name';
          this.#name += character.toLowerCase();
        }
        return;
      case 'attributes':
        if (character === '>') this.#endTag();
        else if (!/[\s/]/.test(character)) {
          this.#state = 'attribute-name';
          this.#attribute = character.toLowerCase();
        }
        return;
      case 'attribute-name':
        if (character === '=') this.#state = 'before-value';
        else if (character === '>') this.#endTag();
        else if (/[\s/]/.test(character)) this.#state = /^\s*=/.test(text.slice(index)) ? 'attribute-name' : 'attributes';
        else this.#attribute += character.toLowerCase();
        return;
      case 'before-value':
        this.#value = '';
        if (character === '"') this.#state = 'double';
        else if (character === "'") this.#state = 'single';
        else if (character === '>') this.#endTag();
        else if (!/\s/.test(character)) this.#state = 'bare';
        return;
      case 'double':
      case 'single':
        if (character === (this.#state === 'double' ? '"' : "'")) this.#state = 'attributes';
        else this.#value += character;
        return;
      case 'bare':
        if (character === '>') this.#endTag();
        else if (/\s/.test(character)) this.#state = 'attributes';
        return;
      case 'comment':
        if (character === '>' && text.slice(0, index).endsWith('--')) this.#state = 'text';
        return;
      case 'markup':
        if (character === '>') this.#state = 'text';
        return;
      case 'raw':
        this.#rawText = (this.#rawText + character.toLowerCase()).slice(-24);
        if (new RegExp(`</${this.#raw}\\s*>$`).test(this.#rawText)) this.#state = 'text';
    }
  }

  #open(text: string, index: number): void {
    if (text.startsWith('<!--', index)) this.#state = 'comment';
    else if (/^<[!?]/.test(text.slice(index, index + 2))) this.#state = 'markup';
    // "<" before anything but a name is text to a browser, but before a value it would open whatever the value says.
    else if (index + 1 === text.length || /[a-zA-Z/]/.test(text[index + 1] as string)) {
      this.#state = 'tag';
      this.#name = '';
      this.#closing = false;
    }
  }

  #endTag(): void {
    if (!this.#closing && rawElements.has(this.#name)) {
      this.#state = 'raw';
      this.#raw = this.#name;
      this.#rawText = '';
    } else this.#state = 'text';
  }
}

function refuse(place: string, reason: string): Error {
  return HTTP_ERRORS.HTML({ place, reason });
}
