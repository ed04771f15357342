/**
 * The methods that are let in: those of Node's own parser, because an unknown one could mean another body rule to whoever
 * comes next. Written down, since `node:http` brings all of `fetch` along when it's imported, a tenth of a start-up.
 */
export const METHODS: readonly string[] = (
  'ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL ' +
  'MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE ' +
  'SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE'
).split(' ');
