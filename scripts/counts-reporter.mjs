// A reporter that writes how many tests passed, failed and were skipped to the file named by TEST_COUNTS, for .ci/run.
import { writeFileSync } from 'node:fs';

/** Counts what couldn't run as failed: a file that doesn't load, a hook that throws, a test that never ended. */
export default class CountsReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      counts.failed += module.errors().length;
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === 'pending' ? 'failed' : state] += 1;
        if (state === 'skipped') console.log(`skipped: ${module.relativeModuleId} > ${test.fullName}`);
      }
    }
    const file = process.env.TEST_COUNTS;
    if (file) writeFileSync(file, `${counts.passed} ${counts.failed} ${counts.skipped}\n`);
  }
}
