export const config = { routes: [] };
