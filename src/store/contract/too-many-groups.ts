/** Sessions have too many different values to add them up by each. */
export class TooManyGroupsError extends Error {
  override readonly name = 'TooManyGroupsError';

  constructor(most: number) {
    super(
      `there are more than ${most.toLocaleString('en')} different values to group by: choose a shorter time range or more filters`,
    );
  }
}
