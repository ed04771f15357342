export default { listen: 8080, routes: [
