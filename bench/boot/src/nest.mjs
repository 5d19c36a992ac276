import 'reflect-metadata';
import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createGraph } from './graph.mjs';
import { report } from './report.mjs';

const modules = [];
for (const { name, imports, providers } of createGraph()) {
  for (const { type, deps } of providers) {
    Injectable()(type);
    deps.forEach((dep, index) => Inject(dep)(type, undefined, index));
  }
  const type = class {};
  Object.defineProperty(type, 'name', { value: name });
  Module({
    imports: imports.map((index) => modules[index]),
    providers: providers.map((provider) => provider.type),
    exports: [providers.at(-1).type],
  })(type);
  modules.push(type);
}

await report(() => NestFactory.createApplicationContext(modules.at(-1), { logger: false }));
