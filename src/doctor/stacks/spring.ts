import { lines, type Stack } from './stack.ts';

/** A source for Spring Security's filter, which runs before authentication. */
export const spring = {
  name: 'spring',
  title: 'Spring',
  write: ({ origin, methods, headers, expose, credentials, maxAge, prefix }) => {
    const texts = (items: readonly string[]): string =>
      `List.of(${items.map((item) => JSON.stringify(item)).join(', ')})`;
    return {
      files: [
        {
          name: 'a @Configuration class',
          language: 'java',
          text: lines(
            '@Bean',
            'CorsConfigurationSource corsConfigurationSource() {',
            '    var cors = new CorsConfiguration();',
            `    cors.setAllowedOrigins(${texts([origin])});`,
            `    cors.setAllowedMethods(${texts(methods)});`,
            `    cors.setAllowedHeaders(${texts(headers)});`,
            expose.length > 0 && `    cors.setExposedHeaders(${texts(expose)});`,
            `    cors.setAllowCredentials(${credentials});`,
            `    cors.setMaxAge(${maxAge}L);`,
            '    var source = new UrlBasedCorsConfigurationSource();',
            `    source.registerCorsConfiguration("${prefix}**", cors);`,
            '    return source;',
            '}',
          ),
        },
        {
          name: 'where the SecurityFilterChain is built',
          language: 'java',
          text: lines('http.cors(Customizer.withDefaults());'),
        },
      ],
      warnings: [
        'Without Spring Security register `new CorsFilter(corsConfigurationSource())` as a bean, first in order.',
        'Remove `@CrossOrigin`: an origin that one of the two refuses gets 403, on real requests too.',
      ],
    };
  },
} as const satisfies Stack;
