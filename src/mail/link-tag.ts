import {
  type Context,
  type Emitter,
  type Liquid,
  type Parser,
  Tag,
  type TagToken,
  type Template,
  type TopLevelToken,
} from 'liquidjs';
import { isFollowable } from './followable.ts';
import { decodeEntities } from './html-entities.ts';
import { escapeHtml } from './liquid-engine.ts';

export const LINK_TAG = 'postrider_link';
/** The fields of a copy that linked-html.ts writes. */
export const LINK_FIELDS = 'postriderLinks';

/** What a render knows of its links: the address to be written for one whose destination is only known now. */
export interface LinkScope {
  /** Addresses of links that are the same for all, and the picture, by their names, as they are. */
  readonly fields: Readonly<Record<string, string>>;
  addressOf(link: number | null, destination: string): string;
}

/**
 * `{% postrider_link 3 %}https://shop.test/{{ code }}{% endpostrider_link %}`: an address that differs from reader to reader.
 * Only the compiler writes it (linked-html.ts), and only its parser knows it: authors cannot.
 */
export class LinkTag extends Tag {
  readonly #link: number | null;
  readonly #content: Template[] = [];

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    const number = Number.parseInt(token.args.trim(), 10);
    this.#link = Number.isNaN(number) ? null : number;
    const stream = parser.parseStream(remaining);
    stream.on('template', (node: Template) => this.#content.push(node));
    stream.on(`tag:end${LINK_TAG}`, () => stream.stop());
    stream.on('end', () => {
      throw new Error(`tag ${token.getText()} not closed`);
    });
    stream.start();
  }

  override *render(context: Context, emitter: Emitter): Generator<unknown, void, string> {
    const written = yield this.liquid.renderer.renderTemplates(this.#content, context);
    const destination = decodeEntities(written).trim();
    const { links } = context as Context & { readonly links?: LinkScope | null };
    const isOut = links !== null && links !== undefined && isFollowable(destination);
    emitter.write(isOut ? escapeHtml(links.addressOf(this.#link, destination)) : written);
  }
}
