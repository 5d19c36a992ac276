export { createProject, TEMPLATES, type CreateOptions, type Template } from './create-project.js';
export { CreateError } from './errors.js';
