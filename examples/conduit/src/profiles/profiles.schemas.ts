import { defineSchema } from '@plinth/validation';

/** A user as others see him or her. */
export const Profile = defineSchema({
  $id: 'Profile',
  type: 'object',
  required: ['username', 'bio', 'image', 'following'],
  properties: {
    username: { type: 'string' },
    bio: { type: ['string', 'null'] },
    image: { type: ['string', 'null'] },
    following: { type: 'boolean' },
  },
});

export const ProfileReply = defineSchema({
  $id: 'ProfileResponse',
  type: 'object',
  required: ['profile'],
  properties: { profile: Profile },
});
