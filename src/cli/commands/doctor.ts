import { Option, type Command } from 'commander';
import type { DoctorOptions } from '../doctor-options.ts';
import type { ExitCode, Terminal } from '../terminal.ts';

const EXAMPLE = `
Examples:
  oneorigin doctor https://api.example.com/users --origin https://app.example.com
  oneorigin doctor --har recording.har
  oneorigin doctor http://localhost:8000/users/1 --origin http://localhost:5173 --method PUT -H 'content-type: application/json' --credentials include

Only OPTIONS, GET and HEAD are sent, unless --send says otherwise. Values of -H are never shown.
Exit code 0: the page may read the answer; 1: it's blocked; 2: wrong usage; 3: nobody answered, or it can't be told without --send.
With --har: 0: nothing is blocked; 1: something is; 2: wrong usage; 3: the recording can't be read.`;

/** Options that say how a server is asked. */
const ASKING = [
  'page',
  'method',
  'header',
  'mode',
  'data',
  'send',
  'via',
  'audit',
  'stack',
  'cacert',
  'resolve',
  'timeout',
];

/** Adds `doctor` to the program. */
export function addDoctor(program: Command, finish: (code: ExitCode) => void, terminal: Terminal): void {
  program
    .command('doctor')
    .description("Ask a server as a page's browser would, and say why the page can't read the answer.")
    .argument('[url]', 'what the page asks for')
    .option('--origin <origin>', "the page's origin: https://app.example.com, or null")
    .addOption(
      new Option('--har <file>', "a browser's recording, instead of a URL: nothing is asked").conflicts(ASKING),
    )
    .option(
      '--page <url>',
      "the page itself, whose Content-Security-Policy is looked at; its origin if --origin isn't given",
    )
    .option('--method <method>', 'as the page writes it (default: GET)')
    .option(
      '-H, --header <header>',
      'a header that the page sets, or a cookie that the browser has; may be repeated',
      collect,
    )
    .option('--credentials <mode>', 'omit, same-origin or include (default: same-origin)')
    .option('--mode <mode>', 'cors, no-cors or same-origin (default: cors)')
    .option('--data <text>', 'the body; sent only with --send')
    .option('--send', 'send the real method and body, whatever they change')
    .option('--via <url>', 'a layer behind, asked alone; from the outermost inwards; may be repeated', collect)
    .option('--audit', 'ask with origins that a policy should refuse, too')
    .option('--stack <name>', 'write the mend for this stack (default: guessed)')
    .option('--cacert <file>', 'trust this certificate authority too')
    .option('--resolve <host=address>', 'an address, instead of what the DNS says; may be repeated', collect)
    .option('--timeout <seconds>', 'for the whole diagnosis (default: 20)')
    .addOption(new Option('--json', 'speak JSON').conflicts(['markdown', 'html']))
    .addOption(new Option('--markdown', 'for an issue or a chat').conflicts('html'))
    .option('--html', 'one file to keep or to print')
    .addHelpText('after', EXAMPLE)
    .action(async (url: string | undefined, options: DoctorOptions, command: Command) => {
      // Loaded when it's asked for: a gateway starts without it.
      const { runDoctor, runRecording } = await import('../run-doctor.ts');
      const { har } = options;
      if (har !== undefined) {
        if (url !== undefined) command.error("error: option '--har <file>' cannot be used with a URL");
        finish(await runRecording(har, options, terminal));
      } else {
        if (url === undefined)
          command.error("error: missing required argument 'url'", { code: 'commander.missingArgument' });
        else finish(await runDoctor(url, options, terminal));
      }
    });
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
