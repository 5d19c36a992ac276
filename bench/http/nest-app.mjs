// NestJS with its documented defaults, on whichever adapter: ValidationPipe, class-validator, class-transformer. Decorators are applied by hand,
// so that no transpiler stands between.
import 'reflect-metadata';
import {
  Body,
  Controller,
  ForbiddenException,
  Get,
  Header,
  Module,
  Param,
  ParseIntPipe,
  Post,
  Query,
  UnauthorizedException,
  UseGuards,
  UseInterceptors,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { tap } from 'rxjs';
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
import * as s from './secured.mjs';
import * as w from './workloads.mjs';

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
  secured(id, query) {
    return this.user(id, query);
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
class SessionGuard {
  canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const token = /(?:^|; )sid=([^;]*)/.exec(request.headers.cookie ?? '')?.[1];
    request.user = s.userOf(token);
    if (request.user === undefined) throw new UnauthorizedException();
    return true;
  }
}
class AdminGuard {
  canActivate(context) {
    if (!context.switchToHttp().getRequest().user.roles.includes('admin')) throw new ForbiddenException();
    return true;
  }
}
class RequestLine {
  intercept(context, next) {
    const [begun, id, http] = [performance.now(), s.nextId(), context.switchToHttp()];
    const reply = http.getResponse();
    reply.header('X-Request-Id', id);
    return next.handle().pipe(tap(() => s.logRequest(id, http.getRequest().method, '/secured/:id', reply.statusCode, begun, undefined)));
  }
}
method(
  'secured',
  [Number, UserQuery],
  [Param('id', ParseIntPipe), Query()],
  Get('secured/:id'),
  UseGuards(SessionGuard, AdminGuard),
  UseInterceptors(RequestLine),
  ...Object.entries(s.HEADERS).map(([name, value]) => Header(name, value)),
);
Controller()(Api);

class App {}
Module({ controllers: [Api] })(App);

export const createNest = async (adapter) => {
  const app = await NestFactory.create(App, adapter, { logger: false });
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
