/** A witness as a process of its own, as `npm start` starts the sample's; people use `shuheng witness`. */
import { OperatorError } from '../../operator-error.ts';
import { witnessCommand } from './cli.ts';

try {
  process.exitCode = await witnessCommand(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`✗ ${error.message}\n`);
  process.exitCode = 1;
}
