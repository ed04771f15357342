/** OpenTelemetry's packages are not installed. */
export class TracesUnavailable extends Error {
  override readonly name = 'TracesUnavailable';
}
