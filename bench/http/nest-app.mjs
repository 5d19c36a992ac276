// NestJS on Fastify with its documented defaults: ValidationPipe, class-validator, class-transformer. Decorators are applied by hand,
// so that no transpiler stands between.
import 'reflect-metadata';
import { Body, Controller, Get, Header, Module, Param, ParseIntPipe, Post, Query, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import * as w from '../workloads.mjs';

const field = (type, name, ...decorators) => decorators.forEach((decorate) => decorate(type.prototype, name));

class UserQuery {}
Reflect.defineMetadata('design:type', Boolean, UserQuery.prototype, 'verbose');
field(UserQuery, 'verbose', IsOptional(), IsBoolean());

class Line {}
field(Line, 'sku', IsString(), MinLength(3), MaxLength(40));
field(Line, 'quantity', IsInt(), Min(1));
field(Line, 'price', IsNumber(), Min(0));
field(Line, 'note', IsOptional(), IsString(), MaxLength(200));

class Order {}
field(Order, 'customer', IsString(), MaxLength(100));
field(Order, 'currency', IsIn(['EUR', 'USD']));
field(
  Order,
  'lines',
  IsArray(),
  ArrayMinSize(1),
  ArrayMaxSize(100),
  ValidateNested({ each: true }),
  Type(() => Line),
);

class Api {
  plaintext() {
    return w.TEXT;
  }
  json() {
    return { message: w.TEXT };
  }
  user(id, query) {
    const { passwordHash: _hidden, ...user } = w.makeUser(id, query.verbose);
    return user;
  }
  order(body) {
    return w.placeOrder(body);
  }
}
const method = (name, types, parameters, ...decorators) => {
  Reflect.defineMetadata('design:paramtypes', types, Api.prototype, name);
  parameters.forEach((decorate, index) => decorate(Api.prototype, name, index));
  decorators.forEach((decorate) => decorate(Api.prototype, name, Object.getOwnPropertyDescriptor(Api.prototype, name)));
};
method('plaintext', [], [], Get('plaintext'), Header('Content-Type', 'text/plain; charset=utf-8'));
method('json', [], [], Get('json'));
method('user', [Number, UserQuery], [Param('id', ParseIntPipe), Query()], Get('users/:id'));
method('order', [Order], [Body()], Post('orders'));
Controller()(Api);

class App {}
Module({ controllers: [Api] })(App);

export const start = async () => {
  const app = await NestFactory.create(App, new FastifyAdapter({ http: { optimizeEmptyRequests: true } }), { logger: false });
  app.useGlobalPipes(
    new ValidationPipe({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      transformOptions: { enableImplicitConversion: true },
    }),
  );
  await app.listen(0, '127.0.0.1');
  return app.getHttpServer().address().port;
};
