import { provide, token } from '@plinth/core';

interface Disk {
  write(text: string): void;
}
const DISK = token<Disk>('DISK');
const NAME = token<string>('NAME');
class Reports {
  constructor(readonly disk: Disk) {}
}

export const provider = provide(Reports, { replace: [[DISK, NAME]] }); // wrong: `"replace[0] gives", string, "but what it replaces gives", Disk`
