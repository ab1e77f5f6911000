// Runs Azurite until the process that started it is gone: its end of our standard input closes with it, however it dies.
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
require(process.env.AZURITE_MAIN);
