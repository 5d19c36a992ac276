import { testsOf, type Chapter } from '../requirement.ts';

const uploads = testsOf('packages/http/test/uploads.test.ts');
const hostile = testsOf('packages/http/test/uploads-hostile.test.ts');
const files = testsOf('packages/http/test/files.test.ts');

export const V5: Chapter = {
  number: 5,
  title: 'File handling',
  requirements: [
    {
      id: '5.1.1',
      level: 2,
      asks: 'Which files may be sent is documented.',
      how: 'The contract of a form says types and sizes, and they stand in the OpenAPI document.',
      by: 'one line',
      tests: [testsOf('packages/openapi/test/request-bodies.test.ts')('a multipart form stands in the document with its files')],
    },
    {
      id: '5.2.1',
      level: 1,
      asks: 'Files are limited so that they cannot exhaust the service.',
      how: '10 MiB a file, 10 files, 25 MiB in all, unless the contract says otherwise; what is over is refused while it comes.',
      by: 'default',
      tests: [
        hostile('a multipart form is refused [IO-05] > with eleven files, with 413'),
        hostile('a multipart form is refused [IO-05] > with a file beyond its rule, with 413'),
        hostile('a multipart form is refused [IO-05] > beyond its total, with 413'),
        hostile('a multipart form is refused [IO-05] > beyond its total without saying so before'),
      ],
    },
    {
      id: '5.2.2',
      level: 1,
      asks: 'A file is what its name says.',
      how: 'The type is told by the first bytes; a file whose ending or Content-Type says another is refused.',
      by: 'one line',
      tests: [
        uploads('an upload [IO-05] > refuses a script that says it is an image [VAL-10]'),
        uploads('an upload [IO-05] > refuses a PNG that is called a PDF [VAL-10]'),
        uploads('an upload [IO-05] > refuses a PNG that is sent as a JPEG [VAL-10]'),
      ],
    },
    {
      id: '5.2.3',
      level: 2,
      asks: 'Archives are limited in size and number of files before they are unpacked.',
      how: 'Plinth unpacks no archive and no compressed body, and cuts what grows when an answer is decompressed. It has no helper for archives that you unpack.',
      by: 'one line',
      tests: [
        testsOf('packages/http/test/body-formats.test.ts')('other parsers > a body that is compressed by gzip is never unpacked'),
        testsOf('packages/http/test/fetch.test.ts')('an answer is cut at its limit, also one that grows when it is decompressed'),
      ],
    },
    {
      id: '5.3.1',
      level: 1,
      asks: 'Files of users are never run on the server.',
      how: 'An upload lies in a temporary folder with a generated name, without any web root, and is gone after the handler unless it is kept.',
      by: 'default',
      tests: [uploads('a file of a form > is gone after the handler, but for one that was kept')],
    },
    {
      id: '5.3.2',
      level: 1,
      asks: 'Paths of files are made by the server.',
      how: 'The name that a client sends never says where a file goes; nothing outside of a root is sent.',
      by: 'default',
      tests: [
        hostile('what broke other parsers does not break this one > AdonisJS, CVE-2026-21440: the file name *'),
        files('nothing outside of the root, hidden or ambiguous is sent: *'),
      ],
    },
    {
      id: '5.4.1',
      level: 2,
      asks: 'Names that users give files are checked or left out.',
      how: 'The name of a file is reduced to a label: no path, no control, no device, no trick of direction.',
      by: 'default',
      tests: [uploads('an upload [IO-05] > reduces the file name *')],
    },
    {
      id: '5.4.2',
      level: 2,
      asks: 'Names of files in answers are encoded.',
      how: '`download` writes the name by RFC 6266 and RFC 8187, without line breaks or paths.',
      by: 'default',
      tests: [files('a download has a safe name')],
    },
    {
      id: '5.4.3',
      level: 2,
      asks: 'Files of others are scanned for malware.',
      how: '`scan` is asked before the handler sees a file; the scanner is yours.',
      by: 'one line',
      tests: [uploads('an upload [IO-05] > refuses what a scan finds [VAL-10]')],
    },
  ],
};
