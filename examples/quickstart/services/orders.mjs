import { createService } from './service.mjs';

/** What was ordered. */
export function createOrders() {
  const orders = [
    { id: 1, item: 'Punched cards', quantity: 200 },
    { id: 2, item: 'Moth, taped', quantity: 1 },
  ];
  return createService('orders', {
    'GET /api/orders': () => ({ body: orders }),
    'POST /api/orders': ({ body }) => {
      const order = { id: orders.length + 1, item: String(body?.item ?? 'Something').slice(0, 40), quantity: 1 };
      // The page may be clicked for a long time.
      if (orders.length < 20) orders.push(order);
      return { status: 201, body: order };
    },
    'DELETE /api/orders/:id': ({ path }) => {
      const at = orders.findIndex(({ id }) => String(id) === path.split('/')[3]);
      if (at === -1) return { status: 404, body: { error: 'no such order' } };
      orders.splice(at, 1);
      return { status: 204 };
    },
  });
}
