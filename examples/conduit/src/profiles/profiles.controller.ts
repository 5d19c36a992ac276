import { Injectable } from '@plinth/core';
import { Controller } from '@plinth/http';
import type { Infer } from '@plinth/validation';
import { CONDUIT_ERRORS } from '../conduit-errors.js';
import { signedIn, visitor } from '../users/guards.js';
import type { User } from '../users/users.table.js';
import { Profiles } from './profiles.js';
import { ProfileReply } from './profiles.schemas.js';

type Answer = Promise<Infer<typeof ProfileReply>>;
const errors = [CONDUIT_ERRORS.PROFILE_NOT_FOUND];

@Controller('/api/profiles', { tags: ['Profile'] })
@Injectable({ deps: [Profiles] })
export class ProfilesController {
  constructor(private readonly profiles: Profiles) {}

  @visitor.Get('/:username', { summary: 'Get a profile', operationId: 'GetProfileByUsername', returns: ProfileReply, errors })
  async show({ params, user }: { params: { username: string }; user?: User | undefined }): Answer {
    return { profile: await this.profiles.find(params.username, user?.id) };
  }

  @signedIn.Post('/:username/follow', { summary: 'Follow a user', operationId: 'FollowUserByUsername', returns: ProfileReply, errors })
  async follow({ params, user }: { params: { username: string }; user: User }): Answer {
    return { profile: await this.profiles.follow(params.username, user.id) };
  }

  @signedIn.Delete('/:username/follow', {
    summary: 'Unfollow a user',
    operationId: 'UnfollowUserByUsername',
    returns: ProfileReply,
    errors,
  })
  async unfollow({ params, user }: { params: { username: string }; user: User }): Answer {
    return { profile: await this.profiles.unfollow(params.username, user.id) };
  }
}
