import { Command } from '../library.ts';
import { CtCommand } from '../command.ts';
import { TOUR } from '../tour.ts';

/** `ct tour`: what the first run on a terminal shows. */
export default class TourCommand extends CtCommand {
  static override paths = [['tour']];
  static override usage = Command.Usage({
    category: 'Setting up',
    description: 'One screen about what ct does; the first run on a terminal shows it too',
    examples: [['Page by page, on a small terminal', '$0 tour | less']],
  });

  override async run(): Promise<number> {
    this.context.stdout.write(TOUR);
    return 0;
  }
}
