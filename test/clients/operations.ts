/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Where an animal is on its way through the rescue. */
export type RescueStatus =
  /** Has arrived, is being looked at. */
  | 'INTAKE'
  /** Can be adopted. */
  | 'AVAILABLE'
  /** Someone has applied to adopt. */
  | 'PENDING'
  /** Not to be adopted for now. */
  | 'HOLD'
  /** Lives with a foster family. */
  | 'FOSTERED'
  /** Has found a home. */
  | 'ADOPTED'
  /** Was handed to another organisation. */
  | 'TRANSFERRED'
  /** Went back to its owner. */
  | 'RETURNED_TO_OWNER'
  /** Has died. */
  | 'DECEASED';

/** An animal's sex. */
export type Sex =
  /** Male. */
  | 'MALE'
  /** Female. */
  | 'FEMALE'
  /** Not known. */
  | 'UNKNOWN';

/** An animal's size when grown. */
export type Size =
  /** Small. */
  | 'SMALL'
  /** Medium. */
  | 'MEDIUM'
  /** Large. */
  | 'LARGE'
  /** Extra large. */
  | 'XLARGE';

/** How an animal came in. */
export type IntakeType =
  /** Was found, without an owner. */
  | 'STRAY'
  /** Was given up by its owner. */
  | 'OWNER_SURRENDER'
  /** Was taken over from another organisation. */
  | 'TRANSFER_IN'
  /** Was born in the rescue's care. */
  | 'BORN_IN_CARE'
  /** Was seized by an authority. */
  | 'SEIZED'
  /** Had been adopted, and came back. */
  | 'RETURNED'
  /** In another way. */
  | 'OTHER';

/** The order of a list. Ties are in order of id. */
export type RescueSort =
  /** By `id`, the lowest first. */
  | 'ID_ASC'
  /** By `id`, the highest first. */
  | 'ID_DESC'
  /** By `name`, the lowest first. */
  | 'NAME_ASC'
  /** By `name`, the highest first. */
  | 'NAME_DESC'
  /** By `age`, the lowest first. */
  | 'AGE_ASC'
  /** By `age`, the highest first. */
  | 'AGE_DESC'
  /** By `createdAt`, the lowest first. */
  | 'CREATED_AT_ASC'
  /** By `createdAt`, the highest first. */
  | 'CREATED_AT_DESC'
  /** By `updatedAt`, the lowest first. */
  | 'UPDATED_AT_ASC'
  /** By `updatedAt`, the highest first. */
  | 'UPDATED_AT_DESC';

/** What can happen to a rescue. */
export type ChangeKind =
  /** It was created. */
  | 'CREATED'
  /** Some of its fields were changed. */
  | 'UPDATED'
  /** All of its fields were replaced. */
  | 'REPLACED'
  /** It was deleted. */
  | 'DELETED'
  /** It was brought back after a deletion. */
  | 'RESTORED'
  /** What was kept of it after its deletion was erased. */
  | 'PURGED';

/** A new rescue. `name`, `species` and `age`, or `birthDate` in its place, are enough. */
export type CreateRescueInput = {
  /** A whole number from 1 to 9007199254740991, never given twice. Left out on create, the next free one is assigned. */
  id?: string | number | null | undefined;
  /** What the animal is called: 1 to 100 characters after trimming. */
  name: string;
  /** Free text, 1 to 50 characters after trimming: `dog`, `cat`, `bearded dragon`. */
  species: string;
  /** Where the animal is on its way through the rescue. */
  status?: RescueStatus | null | undefined;
  /** The animal's sex, as far as it is known. */
  sex?: Sex | null | undefined;
  /** Up to 10 https URLs of pictures, or of photos that were uploaded here, each of at most 2,048 characters; what a URI may not have is percent-encoded. The first one is the cover. */
  photos?: Array<string> | null | undefined;
  /** Age in whole years, 0 to 255. Required unless `birthDate` is given: then it is the age on the day (UTC), and goes up on birthdays while there is no outcome. */
  age?: number | null | undefined;
  /** The day of birth, not before 1900 and not in the future, or null. `age` follows from it: one that is sent along may be off by one and is ignored. */
  birthDate?: string | null | undefined;
  /** The animal's size when grown, or null. */
  size?: Size | null | undefined;
  /** Color and markings, 1 to 50 characters after trimming, or null. */
  color?: string | null | undefined;
  /** Breed or mix, 1 to 100 characters, or null. */
  breed?: string | null | undefined;
  /** What adopters should know, 1 to 5,000 characters, or null. */
  description?: string | null | undefined;
  /** The record's key in another system, 1 to 64 characters after trimming, or null. No two records share one; imports match on it. */
  externalId?: string | null | undefined;
  /** Whether the animal is neutered or spayed; null: not known. */
  neutered?: boolean | null | undefined;
  /** Whether the animal has the vaccinations that it should have; null: not known. */
  vaccinated?: boolean | null | undefined;
  /** Whether the animal is house-trained; null: not known. */
  houseTrained?: boolean | null | undefined;
  /** Whether the animal gets along with children; null: not known. */
  goodWithChildren?: boolean | null | undefined;
  /** Whether the animal gets along with dogs; null: not known. */
  goodWithDogs?: boolean | null | undefined;
  /** Whether the animal gets along with cats; null: not known. */
  goodWithCats?: boolean | null | undefined;
  /** What the animal needs more than others do, 1 to 500 characters after trimming, or null. */
  specialNeeds?: string | null | undefined;
  /** The day on which the animal came in. Left out, it is the day (UTC) on which the record was created. */
  intakeDate?: string | null | undefined;
  /** How the animal came in, or null. */
  intakeType?: IntakeType | null | undefined;
  /** The day on which the animal was adopted, transferred, returned to its owner or died, or null. When `status` becomes one of these and no day is given, it is the day of the change (UTC); when `status` leaves them, it becomes null. */
  outcomeDate?: string | null | undefined;
  /** The microchip's number, 9 to 15 characters A–Z and 0–9, or null. Spaces and dashes are taken out, small letters raised. No two records share one. */
  microchip?: string | null | undefined;
  /** Where the animal is, a kennel or a foster home: 1 to 100 characters after trimming, or null. */
  location?: string | null | undefined;
  /** What is for the rescue only, 1 to 5,000 characters, or null. */
  notes?: string | null | undefined;
};

/** A whole rescue: optional fields that are left out go back to their defaults. */
export type ReplaceRescueInput = {
  /** What the animal is called: 1 to 100 characters after trimming. */
  name: string;
  /** Free text, 1 to 50 characters after trimming: `dog`, `cat`, `bearded dragon`. */
  species: string;
  /** Where the animal is on its way through the rescue. */
  status?: RescueStatus | null | undefined;
  /** The animal's sex, as far as it is known. */
  sex?: Sex | null | undefined;
  /** Up to 10 https URLs of pictures, or of photos that were uploaded here, each of at most 2,048 characters; what a URI may not have is percent-encoded. The first one is the cover. */
  photos?: Array<string> | null | undefined;
  /** Age in whole years, 0 to 255. Required unless `birthDate` is given: then it is the age on the day (UTC), and goes up on birthdays while there is no outcome. */
  age?: number | null | undefined;
  /** The day of birth, not before 1900 and not in the future, or null. `age` follows from it: one that is sent along may be off by one and is ignored. */
  birthDate?: string | null | undefined;
  /** The animal's size when grown, or null. */
  size?: Size | null | undefined;
  /** Color and markings, 1 to 50 characters after trimming, or null. */
  color?: string | null | undefined;
  /** Breed or mix, 1 to 100 characters, or null. */
  breed?: string | null | undefined;
  /** What adopters should know, 1 to 5,000 characters, or null. */
  description?: string | null | undefined;
  /** The record's key in another system, 1 to 64 characters after trimming, or null. No two records share one; imports match on it. */
  externalId?: string | null | undefined;
  /** Whether the animal is neutered or spayed; null: not known. */
  neutered?: boolean | null | undefined;
  /** Whether the animal has the vaccinations that it should have; null: not known. */
  vaccinated?: boolean | null | undefined;
  /** Whether the animal is house-trained; null: not known. */
  houseTrained?: boolean | null | undefined;
  /** Whether the animal gets along with children; null: not known. */
  goodWithChildren?: boolean | null | undefined;
  /** Whether the animal gets along with dogs; null: not known. */
  goodWithDogs?: boolean | null | undefined;
  /** Whether the animal gets along with cats; null: not known. */
  goodWithCats?: boolean | null | undefined;
  /** What the animal needs more than others do, 1 to 500 characters after trimming, or null. */
  specialNeeds?: string | null | undefined;
  /** The day on which the animal came in. Left out, it is the day (UTC) on which the record was created. */
  intakeDate?: string | null | undefined;
  /** How the animal came in, or null. */
  intakeType?: IntakeType | null | undefined;
  /** The day on which the animal was adopted, transferred, returned to its owner or died, or null. When `status` becomes one of these and no day is given, it is the day of the change (UTC); when `status` leaves them, it becomes null. */
  outcomeDate?: string | null | undefined;
  /** The microchip's number, 9 to 15 characters A–Z and 0–9, or null. Spaces and dashes are taken out, small letters raised. No two records share one. */
  microchip?: string | null | undefined;
  /** Where the animal is, a kennel or a foster home: 1 to 100 characters after trimming, or null. */
  location?: string | null | undefined;
  /** What is for the rescue only, 1 to 5,000 characters, or null. */
  notes?: string | null | undefined;
};

/** Changes to a rescue: what is absent stays, null puts an optional field back to its default. */
export type UpdateRescueInput = {
  /** What the animal is called: 1 to 100 characters after trimming. */
  name?: string | null | undefined;
  /** Free text, 1 to 50 characters after trimming: `dog`, `cat`, `bearded dragon`. */
  species?: string | null | undefined;
  /** Where the animal is on its way through the rescue. */
  status?: RescueStatus | null | undefined;
  /** The animal's sex, as far as it is known. */
  sex?: Sex | null | undefined;
  /** Up to 10 https URLs of pictures, or of photos that were uploaded here, each of at most 2,048 characters; what a URI may not have is percent-encoded. The first one is the cover. */
  photos?: Array<string> | null | undefined;
  /** Age in whole years, 0 to 255. Required unless `birthDate` is given: then it is the age on the day (UTC), and goes up on birthdays while there is no outcome. */
  age?: number | null | undefined;
  /** The day of birth, not before 1900 and not in the future, or null. `age` follows from it: one that is sent along may be off by one and is ignored. */
  birthDate?: string | null | undefined;
  /** The animal's size when grown, or null. */
  size?: Size | null | undefined;
  /** Color and markings, 1 to 50 characters after trimming, or null. */
  color?: string | null | undefined;
  /** Breed or mix, 1 to 100 characters, or null. */
  breed?: string | null | undefined;
  /** What adopters should know, 1 to 5,000 characters, or null. */
  description?: string | null | undefined;
  /** The record's key in another system, 1 to 64 characters after trimming, or null. No two records share one; imports match on it. */
  externalId?: string | null | undefined;
  /** Whether the animal is neutered or spayed; null: not known. */
  neutered?: boolean | null | undefined;
  /** Whether the animal has the vaccinations that it should have; null: not known. */
  vaccinated?: boolean | null | undefined;
  /** Whether the animal is house-trained; null: not known. */
  houseTrained?: boolean | null | undefined;
  /** Whether the animal gets along with children; null: not known. */
  goodWithChildren?: boolean | null | undefined;
  /** Whether the animal gets along with dogs; null: not known. */
  goodWithDogs?: boolean | null | undefined;
  /** Whether the animal gets along with cats; null: not known. */
  goodWithCats?: boolean | null | undefined;
  /** What the animal needs more than others do, 1 to 500 characters after trimming, or null. */
  specialNeeds?: string | null | undefined;
  /** The day on which the animal came in. Left out, it is the day (UTC) on which the record was created. */
  intakeDate?: string | null | undefined;
  /** How the animal came in, or null. */
  intakeType?: IntakeType | null | undefined;
  /** The day on which the animal was adopted, transferred, returned to its owner or died, or null. When `status` becomes one of these and no day is given, it is the day of the change (UTC); when `status` leaves them, it becomes null. */
  outcomeDate?: string | null | undefined;
  /** The microchip's number, 9 to 15 characters A–Z and 0–9, or null. Spaces and dashes are taken out, small letters raised. No two records share one. */
  microchip?: string | null | undefined;
  /** Where the animal is, a kennel or a foster home: 1 to 100 characters after trimming, or null. */
  location?: string | null | undefined;
  /** What is for the rescue only, 1 to 5,000 characters, or null. */
  notes?: string | null | undefined;
};

/** Which rescues. All filters must hold; what is absent or null doesn't filter. */
export type RescueFilter = {
  /** Only this species, whatever its case and accents. */
  species?: string | null | undefined;
  /** Only these statuses: one or several. */
  status?: Array<RescueStatus> | null | undefined;
  /** Only this sex. */
  sex?: Sex | null | undefined;
  /** Only this size. */
  size?: Size | null | undefined;
  /** Only those that are neutered or spayed, or only those that are known not to be. */
  neutered?: boolean | null | undefined;
  /** Only those that get along with children, or only those that are known not to. */
  goodWithChildren?: boolean | null | undefined;
  /** Only those that get along with dogs, or only those that are known not to. */
  goodWithDogs?: boolean | null | undefined;
  /** Only those that get along with cats, or only those that are known not to. */
  goodWithCats?: boolean | null | undefined;
  /** Only rescues with one of these ids, 1 to 100 of them. */
  ids?: Array<string | number> | null | undefined;
  /** Only the rescue with this externalId, exactly. */
  externalId?: string | null | undefined;
  /** Only the rescue with this microchip, whatever spaces, dashes and small letters. Needs a token that may read. */
  microchip?: string | null | undefined;
  /** Only those that are here, whatever case and accents. Needs a token that may read. */
  location?: string | null | undefined;
  /** Only rescues that contain every word of this in their name, breed, color, description, species or externalId or, with a token that may read, in their microchip or notes, in any order, whatever case and accents; at most 100 characters. */
  q?: string | null | undefined;
};

export type RescueFragment = { id: string, name: string, age: number, species: string, birthDate: string | null, status: RescueStatus, sex: Sex, size: Size | null, color: string | null, breed: string | null, description: string | null, photos: Array<string>, externalId: string | null, neutered: boolean | null, vaccinated: boolean | null, houseTrained: boolean | null, goodWithChildren: boolean | null, goodWithDogs: boolean | null, goodWithCats: boolean | null, specialNeeds: string | null, intakeDate: string, intakeType: IntakeType | null, outcomeDate: string | null, version: number, createdAt: string, updatedAt: string, microchip: string | null, location: string | null, notes: string | null };

export type SnapshotFragment = { rescueId: string, name: string, age: number, species: string, birthDate: string | null, status: RescueStatus, sex: Sex, size: Size | null, color: string | null, breed: string | null, description: string | null, photos: Array<string>, externalId: string | null, neutered: boolean | null, vaccinated: boolean | null, houseTrained: boolean | null, goodWithChildren: boolean | null, goodWithDogs: boolean | null, goodWithCats: boolean | null, specialNeeds: string | null, intakeDate: string, intakeType: IntakeType | null, outcomeDate: string | null, version: number, createdAt: string, updatedAt: string, microchip: string | null, location: string | null, notes: string | null };

export type GetRescueQueryVariables = Exact<{
  id: string | number;
}>;


export type GetRescueQuery = { rescue: { id: string, name: string, age: number, species: string, birthDate: string | null, status: RescueStatus, sex: Sex, size: Size | null, color: string | null, breed: string | null, description: string | null, photos: Array<string>, externalId: string | null, neutered: boolean | null, vaccinated: boolean | null, houseTrained: boolean | null, goodWithChildren: boolean | null, goodWithDogs: boolean | null, goodWithCats: boolean | null, specialNeeds: string | null, intakeDate: string, intakeType: IntakeType | null, outcomeDate: string | null, version: number, createdAt: string, updatedAt: string, microchip: string | null, location: string | null, notes: string | null } | null };

export type ListRescuesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ListRescuesQuery = { rescues: { totalCount: number, nodes: Array<{ id: string, name: string, age: number, species: string, birthDate: string | null, status: RescueStatus, sex: Sex, size: Size | null, color: string | null, breed: string | null, description: string | null, photos: Array<string>, externalId: string | null, neutered: boolean | null, vaccinated: boolean | null, houseTrained: boolean | null, goodWithChildren: boolean | null, goodWithDogs: boolean | null, goodWithCats: boolean | null, specialNeeds: string | null, intakeDate: string, intakeType: IntakeType | null, outcomeDate: string | null, version: number, createdAt: string, updatedAt: string, microchip: string | null, location: string | null, notes: string | null }>, edges: Array<{ cursor: string, node: { id: string } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type CreateRescueMutationVariables = Exact<{
  input: CreateRescueInput;
  idempotencyKey?: string | null | undefined;
}>;


export type CreateRescueMutation = { createRescue: { id: string, name: string, age: number, species: string, birthDate: string | null, status: RescueStatus, sex: Sex, size: Size | null, color: string | null, breed: string | null, description: string | null, photos: Array<string>, externalId: string | null, neutered: boolean | null, vaccinated: boolean | null, houseTrained: boolean | null, goodWithChildren: boolean | null, goodWithDogs: boolean | null, goodWithCats: boolean | null, specialNeeds: string | null, intakeDate: string, intakeType: IntakeType | null, outcomeDate: string | null, version: number, createdAt: string, updatedAt: string, microchip: string | null, location: string | null, notes: string | null } | null };

export type ReplaceRescueMutationVariables = Exact<{
  id: string | number;
  input: ReplaceRescueInput;
  ifVersion?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
}>;


export type ReplaceRescueMutation = { replaceRescue: { id: string, name: string, age: number, species: string, birthDate: string | null, status: RescueStatus, sex: Sex, size: Size | null, color: string | null, breed: string | null, description: string | null, photos: Array<string>, externalId: string | null, neutered: boolean | null, vaccinated: boolean | null, houseTrained: boolean | null, goodWithChildren: boolean | null, goodWithDogs: boolean | null, goodWithCats: boolean | null, specialNeeds: string | null, intakeDate: string, intakeType: IntakeType | null, outcomeDate: string | null, version: number, createdAt: string, updatedAt: string, microchip: string | null, location: string | null, notes: string | null } | null };

export type UpdateRescueMutationVariables = Exact<{
  id: string | number;
  input: UpdateRescueInput;
  ifVersion?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
}>;


export type UpdateRescueMutation = { updateRescue: { id: string, name: string, age: number, species: string, birthDate: string | null, status: RescueStatus, sex: Sex, size: Size | null, color: string | null, breed: string | null, description: string | null, photos: Array<string>, externalId: string | null, neutered: boolean | null, vaccinated: boolean | null, houseTrained: boolean | null, goodWithChildren: boolean | null, goodWithDogs: boolean | null, goodWithCats: boolean | null, specialNeeds: string | null, intakeDate: string, intakeType: IntakeType | null, outcomeDate: string | null, version: number, createdAt: string, updatedAt: string, microchip: string | null, location: string | null, notes: string | null } | null };

export type DeleteRescueMutationVariables = Exact<{
  id: string | number;
  ifVersion?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
}>;


export type DeleteRescueMutation = { deleteRescue: { id: string, name: string, age: number, species: string, birthDate: string | null, status: RescueStatus, sex: Sex, size: Size | null, color: string | null, breed: string | null, description: string | null, photos: Array<string>, externalId: string | null, neutered: boolean | null, vaccinated: boolean | null, houseTrained: boolean | null, goodWithChildren: boolean | null, goodWithDogs: boolean | null, goodWithCats: boolean | null, specialNeeds: string | null, intakeDate: string, intakeType: IntakeType | null, outcomeDate: string | null, version: number, createdAt: string, updatedAt: string, microchip: string | null, location: string | null, notes: string | null } | null };

export type FindRescuesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: RescueFilter | null | undefined;
  sort?: RescueSort | null | undefined;
}>;


export type FindRescuesQuery = { rescues: { totalCount: number, nodes: Array<{ id: string, name: string, age: number, species: string, birthDate: string | null, status: RescueStatus, sex: Sex, size: Size | null, color: string | null, breed: string | null, description: string | null, photos: Array<string>, externalId: string | null, neutered: boolean | null, vaccinated: boolean | null, houseTrained: boolean | null, goodWithChildren: boolean | null, goodWithDogs: boolean | null, goodWithCats: boolean | null, specialNeeds: string | null, intakeDate: string, intakeType: IntakeType | null, outcomeDate: string | null, version: number, createdAt: string, updatedAt: string, microchip: string | null, location: string | null, notes: string | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, endCursor: string | null } } };

export type RestoreRescueMutationVariables = Exact<{
  id: string | number;
  idempotencyKey?: string | null | undefined;
}>;


export type RestoreRescueMutation = { restoreRescue: { id: string, name: string, age: number, species: string, birthDate: string | null, status: RescueStatus, sex: Sex, size: Size | null, color: string | null, breed: string | null, description: string | null, photos: Array<string>, externalId: string | null, neutered: boolean | null, vaccinated: boolean | null, houseTrained: boolean | null, goodWithChildren: boolean | null, goodWithDogs: boolean | null, goodWithCats: boolean | null, specialNeeds: string | null, intakeDate: string, intakeType: IntakeType | null, outcomeDate: string | null, version: number, createdAt: string, updatedAt: string, microchip: string | null, location: string | null, notes: string | null } | null };

export type AddRescuePhotoMutationVariables = Exact<{
  id: string | number;
  url: string;
  ifVersion?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
}>;


export type AddRescuePhotoMutation = { addRescuePhoto: { id: string, name: string, age: number, species: string, birthDate: string | null, status: RescueStatus, sex: Sex, size: Size | null, color: string | null, breed: string | null, description: string | null, photos: Array<string>, externalId: string | null, neutered: boolean | null, vaccinated: boolean | null, houseTrained: boolean | null, goodWithChildren: boolean | null, goodWithDogs: boolean | null, goodWithCats: boolean | null, specialNeeds: string | null, intakeDate: string, intakeType: IntakeType | null, outcomeDate: string | null, version: number, createdAt: string, updatedAt: string, microchip: string | null, location: string | null, notes: string | null } | null };

export type RemoveRescuePhotoMutationVariables = Exact<{
  id: string | number;
  url: string;
  ifVersion?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
}>;


export type RemoveRescuePhotoMutation = { removeRescuePhoto: { id: string, name: string, age: number, species: string, birthDate: string | null, status: RescueStatus, sex: Sex, size: Size | null, color: string | null, breed: string | null, description: string | null, photos: Array<string>, externalId: string | null, neutered: boolean | null, vaccinated: boolean | null, houseTrained: boolean | null, goodWithChildren: boolean | null, goodWithDogs: boolean | null, goodWithCats: boolean | null, specialNeeds: string | null, intakeDate: string, intakeType: IntakeType | null, outcomeDate: string | null, version: number, createdAt: string, updatedAt: string, microchip: string | null, location: string | null, notes: string | null } | null };

export type PurgeRescueMutationVariables = Exact<{
  id: string | number;
  idempotencyKey?: string | null | undefined;
}>;


export type PurgeRescueMutation = { purgeRescue: { rescueId: string, version: number, kind: ChangeKind, rescue: { rescueId: string } | null } | null };

export type RescueHistoryQueryVariables = Exact<{
  id: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type RescueHistoryQuery = { rescueHistory: { nodes: Array<{ rescueId: string, version: number, kind: ChangeKind, at: string, by: string | null, cursor: string, rescue: { rescueId: string, name: string, age: number, species: string, birthDate: string | null, status: RescueStatus, sex: Sex, size: Size | null, color: string | null, breed: string | null, description: string | null, photos: Array<string>, externalId: string | null, neutered: boolean | null, vaccinated: boolean | null, houseTrained: boolean | null, goodWithChildren: boolean | null, goodWithDogs: boolean | null, goodWithCats: boolean | null, specialNeeds: string | null, intakeDate: string, intakeType: IntakeType | null, outcomeDate: string | null, version: number, createdAt: string, updatedAt: string, microchip: string | null, location: string | null, notes: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type RescuePagesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: RescueFilter | null | undefined;
  sort?: RescueSort | null | undefined;
}>;


export type RescuePagesQuery = { rescues: { edges: Array<{ cursor: string, node: { id: string, name: string, age: number, species: string, birthDate: string | null, status: RescueStatus, sex: Sex, size: Size | null, color: string | null, breed: string | null, description: string | null, photos: Array<string>, externalId: string | null, neutered: boolean | null, vaccinated: boolean | null, houseTrained: boolean | null, goodWithChildren: boolean | null, goodWithDogs: boolean | null, goodWithCats: boolean | null, specialNeeds: string | null, intakeDate: string, intakeType: IntakeType | null, outcomeDate: string | null, version: number, createdAt: string, updatedAt: string, microchip: string | null, location: string | null, notes: string | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type DeletedRescuesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type DeletedRescuesQuery = { deletedRescues: { nodes: Array<{ rescueId: string, version: number, kind: ChangeKind, at: string, by: string | null, cursor: string, rescue: { rescueId: string, name: string, age: number, species: string, birthDate: string | null, status: RescueStatus, sex: Sex, size: Size | null, color: string | null, breed: string | null, description: string | null, photos: Array<string>, externalId: string | null, neutered: boolean | null, vaccinated: boolean | null, houseTrained: boolean | null, goodWithChildren: boolean | null, goodWithDogs: boolean | null, goodWithCats: boolean | null, specialNeeds: string | null, intakeDate: string, intakeType: IntakeType | null, outcomeDate: string | null, version: number, createdAt: string, updatedAt: string, microchip: string | null, location: string | null, notes: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export const RescueFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Rescue"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AnimalRescue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"species"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"color"}},{"kind":"Field","name":{"kind":"Name","value":"breed"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"photos"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"neutered"}},{"kind":"Field","name":{"kind":"Name","value":"vaccinated"}},{"kind":"Field","name":{"kind":"Name","value":"houseTrained"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithChildren"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithDogs"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithCats"}},{"kind":"Field","name":{"kind":"Name","value":"specialNeeds"}},{"kind":"Field","name":{"kind":"Name","value":"intakeDate"}},{"kind":"Field","name":{"kind":"Name","value":"intakeType"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeDate"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"microchip"}},{"kind":"Field","name":{"kind":"Name","value":"location"}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<RescueFragment, unknown>;
export const SnapshotFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Snapshot"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RescueSnapshot"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rescueId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"species"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"color"}},{"kind":"Field","name":{"kind":"Name","value":"breed"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"photos"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"neutered"}},{"kind":"Field","name":{"kind":"Name","value":"vaccinated"}},{"kind":"Field","name":{"kind":"Name","value":"houseTrained"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithChildren"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithDogs"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithCats"}},{"kind":"Field","name":{"kind":"Name","value":"specialNeeds"}},{"kind":"Field","name":{"kind":"Name","value":"intakeDate"}},{"kind":"Field","name":{"kind":"Name","value":"intakeType"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeDate"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"microchip"}},{"kind":"Field","name":{"kind":"Name","value":"location"}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<SnapshotFragment, unknown>;
export const GetRescueDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"GetRescue"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rescue"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Rescue"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Rescue"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AnimalRescue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"species"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"color"}},{"kind":"Field","name":{"kind":"Name","value":"breed"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"photos"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"neutered"}},{"kind":"Field","name":{"kind":"Name","value":"vaccinated"}},{"kind":"Field","name":{"kind":"Name","value":"houseTrained"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithChildren"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithDogs"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithCats"}},{"kind":"Field","name":{"kind":"Name","value":"specialNeeds"}},{"kind":"Field","name":{"kind":"Name","value":"intakeDate"}},{"kind":"Field","name":{"kind":"Name","value":"intakeType"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeDate"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"microchip"}},{"kind":"Field","name":{"kind":"Name","value":"location"}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<GetRescueQuery, GetRescueQueryVariables>;
export const ListRescuesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ListRescues"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rescues"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Rescue"}}]}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Rescue"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AnimalRescue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"species"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"color"}},{"kind":"Field","name":{"kind":"Name","value":"breed"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"photos"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"neutered"}},{"kind":"Field","name":{"kind":"Name","value":"vaccinated"}},{"kind":"Field","name":{"kind":"Name","value":"houseTrained"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithChildren"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithDogs"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithCats"}},{"kind":"Field","name":{"kind":"Name","value":"specialNeeds"}},{"kind":"Field","name":{"kind":"Name","value":"intakeDate"}},{"kind":"Field","name":{"kind":"Name","value":"intakeType"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeDate"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"microchip"}},{"kind":"Field","name":{"kind":"Name","value":"location"}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<ListRescuesQuery, ListRescuesQueryVariables>;
export const CreateRescueDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateRescue"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateRescueInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createRescue"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}},{"kind":"Argument","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Rescue"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Rescue"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AnimalRescue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"species"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"color"}},{"kind":"Field","name":{"kind":"Name","value":"breed"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"photos"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"neutered"}},{"kind":"Field","name":{"kind":"Name","value":"vaccinated"}},{"kind":"Field","name":{"kind":"Name","value":"houseTrained"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithChildren"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithDogs"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithCats"}},{"kind":"Field","name":{"kind":"Name","value":"specialNeeds"}},{"kind":"Field","name":{"kind":"Name","value":"intakeDate"}},{"kind":"Field","name":{"kind":"Name","value":"intakeType"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeDate"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"microchip"}},{"kind":"Field","name":{"kind":"Name","value":"location"}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<CreateRescueMutation, CreateRescueMutationVariables>;
export const ReplaceRescueDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ReplaceRescue"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ReplaceRescueInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ifVersion"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"replaceRescue"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}},{"kind":"Argument","name":{"kind":"Name","value":"ifVersion"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ifVersion"}}},{"kind":"Argument","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Rescue"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Rescue"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AnimalRescue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"species"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"color"}},{"kind":"Field","name":{"kind":"Name","value":"breed"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"photos"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"neutered"}},{"kind":"Field","name":{"kind":"Name","value":"vaccinated"}},{"kind":"Field","name":{"kind":"Name","value":"houseTrained"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithChildren"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithDogs"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithCats"}},{"kind":"Field","name":{"kind":"Name","value":"specialNeeds"}},{"kind":"Field","name":{"kind":"Name","value":"intakeDate"}},{"kind":"Field","name":{"kind":"Name","value":"intakeType"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeDate"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"microchip"}},{"kind":"Field","name":{"kind":"Name","value":"location"}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<ReplaceRescueMutation, ReplaceRescueMutationVariables>;
export const UpdateRescueDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpdateRescue"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateRescueInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ifVersion"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateRescue"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}},{"kind":"Argument","name":{"kind":"Name","value":"ifVersion"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ifVersion"}}},{"kind":"Argument","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Rescue"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Rescue"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AnimalRescue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"species"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"color"}},{"kind":"Field","name":{"kind":"Name","value":"breed"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"photos"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"neutered"}},{"kind":"Field","name":{"kind":"Name","value":"vaccinated"}},{"kind":"Field","name":{"kind":"Name","value":"houseTrained"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithChildren"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithDogs"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithCats"}},{"kind":"Field","name":{"kind":"Name","value":"specialNeeds"}},{"kind":"Field","name":{"kind":"Name","value":"intakeDate"}},{"kind":"Field","name":{"kind":"Name","value":"intakeType"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeDate"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"microchip"}},{"kind":"Field","name":{"kind":"Name","value":"location"}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<UpdateRescueMutation, UpdateRescueMutationVariables>;
export const DeleteRescueDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DeleteRescue"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ifVersion"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteRescue"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"ifVersion"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ifVersion"}}},{"kind":"Argument","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Rescue"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Rescue"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AnimalRescue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"species"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"color"}},{"kind":"Field","name":{"kind":"Name","value":"breed"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"photos"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"neutered"}},{"kind":"Field","name":{"kind":"Name","value":"vaccinated"}},{"kind":"Field","name":{"kind":"Name","value":"houseTrained"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithChildren"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithDogs"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithCats"}},{"kind":"Field","name":{"kind":"Name","value":"specialNeeds"}},{"kind":"Field","name":{"kind":"Name","value":"intakeDate"}},{"kind":"Field","name":{"kind":"Name","value":"intakeType"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeDate"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"microchip"}},{"kind":"Field","name":{"kind":"Name","value":"location"}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<DeleteRescueMutation, DeleteRescueMutationVariables>;
export const FindRescuesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FindRescues"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"RescueFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"sort"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"RescueSort"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rescues"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"sort"},"value":{"kind":"Variable","name":{"kind":"Name","value":"sort"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Rescue"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Rescue"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AnimalRescue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"species"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"color"}},{"kind":"Field","name":{"kind":"Name","value":"breed"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"photos"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"neutered"}},{"kind":"Field","name":{"kind":"Name","value":"vaccinated"}},{"kind":"Field","name":{"kind":"Name","value":"houseTrained"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithChildren"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithDogs"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithCats"}},{"kind":"Field","name":{"kind":"Name","value":"specialNeeds"}},{"kind":"Field","name":{"kind":"Name","value":"intakeDate"}},{"kind":"Field","name":{"kind":"Name","value":"intakeType"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeDate"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"microchip"}},{"kind":"Field","name":{"kind":"Name","value":"location"}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<FindRescuesQuery, FindRescuesQueryVariables>;
export const RestoreRescueDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RestoreRescue"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"restoreRescue"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Rescue"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Rescue"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AnimalRescue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"species"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"color"}},{"kind":"Field","name":{"kind":"Name","value":"breed"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"photos"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"neutered"}},{"kind":"Field","name":{"kind":"Name","value":"vaccinated"}},{"kind":"Field","name":{"kind":"Name","value":"houseTrained"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithChildren"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithDogs"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithCats"}},{"kind":"Field","name":{"kind":"Name","value":"specialNeeds"}},{"kind":"Field","name":{"kind":"Name","value":"intakeDate"}},{"kind":"Field","name":{"kind":"Name","value":"intakeType"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeDate"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"microchip"}},{"kind":"Field","name":{"kind":"Name","value":"location"}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<RestoreRescueMutation, RestoreRescueMutationVariables>;
export const AddRescuePhotoDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AddRescuePhoto"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"url"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ifVersion"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"addRescuePhoto"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"url"},"value":{"kind":"Variable","name":{"kind":"Name","value":"url"}}},{"kind":"Argument","name":{"kind":"Name","value":"ifVersion"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ifVersion"}}},{"kind":"Argument","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Rescue"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Rescue"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AnimalRescue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"species"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"color"}},{"kind":"Field","name":{"kind":"Name","value":"breed"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"photos"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"neutered"}},{"kind":"Field","name":{"kind":"Name","value":"vaccinated"}},{"kind":"Field","name":{"kind":"Name","value":"houseTrained"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithChildren"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithDogs"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithCats"}},{"kind":"Field","name":{"kind":"Name","value":"specialNeeds"}},{"kind":"Field","name":{"kind":"Name","value":"intakeDate"}},{"kind":"Field","name":{"kind":"Name","value":"intakeType"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeDate"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"microchip"}},{"kind":"Field","name":{"kind":"Name","value":"location"}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<AddRescuePhotoMutation, AddRescuePhotoMutationVariables>;
export const RemoveRescuePhotoDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RemoveRescuePhoto"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"url"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ifVersion"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"removeRescuePhoto"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"url"},"value":{"kind":"Variable","name":{"kind":"Name","value":"url"}}},{"kind":"Argument","name":{"kind":"Name","value":"ifVersion"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ifVersion"}}},{"kind":"Argument","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Rescue"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Rescue"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AnimalRescue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"species"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"color"}},{"kind":"Field","name":{"kind":"Name","value":"breed"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"photos"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"neutered"}},{"kind":"Field","name":{"kind":"Name","value":"vaccinated"}},{"kind":"Field","name":{"kind":"Name","value":"houseTrained"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithChildren"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithDogs"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithCats"}},{"kind":"Field","name":{"kind":"Name","value":"specialNeeds"}},{"kind":"Field","name":{"kind":"Name","value":"intakeDate"}},{"kind":"Field","name":{"kind":"Name","value":"intakeType"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeDate"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"microchip"}},{"kind":"Field","name":{"kind":"Name","value":"location"}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<RemoveRescuePhotoMutation, RemoveRescuePhotoMutationVariables>;
export const PurgeRescueDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PurgeRescue"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"purgeRescue"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rescueId"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"rescue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rescueId"}}]}}]}}]}}]} as unknown as DocumentNode<PurgeRescueMutation, PurgeRescueMutationVariables>;
export const RescueHistoryDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"RescueHistory"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rescueHistory"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rescueId"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"by"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"rescue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Snapshot"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Snapshot"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RescueSnapshot"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rescueId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"species"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"color"}},{"kind":"Field","name":{"kind":"Name","value":"breed"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"photos"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"neutered"}},{"kind":"Field","name":{"kind":"Name","value":"vaccinated"}},{"kind":"Field","name":{"kind":"Name","value":"houseTrained"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithChildren"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithDogs"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithCats"}},{"kind":"Field","name":{"kind":"Name","value":"specialNeeds"}},{"kind":"Field","name":{"kind":"Name","value":"intakeDate"}},{"kind":"Field","name":{"kind":"Name","value":"intakeType"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeDate"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"microchip"}},{"kind":"Field","name":{"kind":"Name","value":"location"}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<RescueHistoryQuery, RescueHistoryQueryVariables>;
export const RescuePagesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"RescuePages"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"RescueFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"sort"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"RescueSort"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rescues"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"sort"},"value":{"kind":"Variable","name":{"kind":"Name","value":"sort"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Rescue"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Rescue"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AnimalRescue"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"species"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"color"}},{"kind":"Field","name":{"kind":"Name","value":"breed"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"photos"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"neutered"}},{"kind":"Field","name":{"kind":"Name","value":"vaccinated"}},{"kind":"Field","name":{"kind":"Name","value":"houseTrained"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithChildren"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithDogs"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithCats"}},{"kind":"Field","name":{"kind":"Name","value":"specialNeeds"}},{"kind":"Field","name":{"kind":"Name","value":"intakeDate"}},{"kind":"Field","name":{"kind":"Name","value":"intakeType"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeDate"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"microchip"}},{"kind":"Field","name":{"kind":"Name","value":"location"}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<RescuePagesQuery, RescuePagesQueryVariables>;
export const DeletedRescuesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"DeletedRescues"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deletedRescues"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rescueId"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"by"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"rescue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Snapshot"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Snapshot"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RescueSnapshot"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rescueId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"age"}},{"kind":"Field","name":{"kind":"Name","value":"species"}},{"kind":"Field","name":{"kind":"Name","value":"birthDate"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sex"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"color"}},{"kind":"Field","name":{"kind":"Name","value":"breed"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"photos"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"neutered"}},{"kind":"Field","name":{"kind":"Name","value":"vaccinated"}},{"kind":"Field","name":{"kind":"Name","value":"houseTrained"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithChildren"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithDogs"}},{"kind":"Field","name":{"kind":"Name","value":"goodWithCats"}},{"kind":"Field","name":{"kind":"Name","value":"specialNeeds"}},{"kind":"Field","name":{"kind":"Name","value":"intakeDate"}},{"kind":"Field","name":{"kind":"Name","value":"intakeType"}},{"kind":"Field","name":{"kind":"Name","value":"outcomeDate"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"microchip"}},{"kind":"Field","name":{"kind":"Name","value":"location"}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<DeletedRescuesQuery, DeletedRescuesQueryVariables>;