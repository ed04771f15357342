import { port } from './settings.ts';

export default { listen: port, routes: [{ respond: 204 }] };
