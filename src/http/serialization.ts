import makeFactory, { type SerializerFactory } from '@fastify/fast-json-stringify-compiler';

const factory = makeFactory();

/** Answers are written by functions that are made of their schemas, each when its route first answers that way. */
export const buildSerializer: SerializerFactory = (schemas, options) => {
  const compile = factory(schemas, options);
  return (route) => {
    let serialize: ReturnType<typeof compile> | null = null;
    return (answer) => {
      serialize ??= compile(route);
      return serialize(answer);
    };
  };
};
