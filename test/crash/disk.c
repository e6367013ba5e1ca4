/*
 * The disk and the clock of a process under test (test/crash/disk.ts): a library that is loaded before libc
 * (LD_PRELOAD). It stands below SQLite and below the segment log.
 *
 * - It records, in order, every change of a file or name below CRASH_DISK_ROOT, and every sync, in the file
 *   CRASH_DISK_TRACE. From that, test/crash/disk-trace.ts makes what a disk may have after a power failure.
 * - It fails operations, tears writes, is full, ends the process and moves the clock as the file CRASH_DISK_CONTROL
 *   says: numbers of 64 bits that the test may change at any time.
 *
 * Syncs below the root reach no disk: the trace is the disk. Without these variables nothing changes. Linux only.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/*
 * The numbers of the control file. A countdown acts when it reaches 0 from 1. Operations wait while IS_FROZEN is set;
 * when IS_BUSY is 0 then, the trace has all of them.
 */
enum {
  CLOCK_OFFSET_NS,
  IS_FULL,
  WRITES_TO_FAULT,
  SYNCS_TO_FAULT,
  NAMES_TO_FAULT,
  OPERATIONS_TO_KILL,
  WRITE_ERROR,
  IS_FROZEN,
  IS_BUSY,
  NUMBERS
};

enum kind { CREATE = 1, WRITE, TRUNCATE, SYNC, RENAME, REMOVE, MAKE_DIRECTORY };

/* The beginning of a record of the trace. The path, the other path and the bytes follow. */
struct record {
  uint8_t kind;
  uint8_t failed;
  uint16_t path;
  uint16_t other;
  uint16_t padding;
  uint64_t inode;
  uint64_t at;
  uint64_t length;
};

#define DESCRIPTORS 65536

static volatile int64_t *control;
static const char *root;
static size_t root_length;
static int trace = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* What a descriptor was opened for below the root. It may be of something else by now: libuv closes by system call. */
static struct {
  dev_t device;
  ino_t inode;
} tracked[DESCRIPTORS];

__attribute__((constructor)) static void begin(void) {
  const char *control_path = getenv("CRASH_DISK_CONTROL");
  const char *trace_path = getenv("CRASH_DISK_TRACE");
  root = getenv("CRASH_DISK_ROOT");
  if (control_path == NULL || trace_path == NULL || root == NULL) return;
  root_length = strlen(root);
  int file = syscall(SYS_openat, AT_FDCWD, control_path, O_RDWR | O_CLOEXEC, 0);
  trace = syscall(SYS_openat, AT_FDCWD, trace_path, O_WRONLY | O_APPEND | O_CLOEXEC, 0);
  if (file < 0 || trace < 0) abort();
  void *map = mmap(NULL, NUMBERS * sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (map == MAP_FAILED) abort();
  control = map;
}

/* Locks, and what SQLite shares in memory, are of the process. */
static int is_inside(const char *path) {
  if (control == NULL || strncmp(path, root, root_length) != 0) return 0;
  if (path[root_length] != '/' && path[root_length] != 0) return 0;
  const char *name = strrchr(path, '/') + 1;
  size_t length = strlen(name);
  return strncmp(name, "lock.", 5) != 0 && (length < 4 || strcmp(name + length - 4, "-shm") != 0);
}

static int is_tracked(int fd) {
  if (control == NULL || fd < 0 || fd >= DESCRIPTORS || tracked[fd].inode == 0) return 0;
  struct stat is;
  return fstat(fd, &is) == 0 && is.st_ino == tracked[fd].inode && is.st_dev == tracked[fd].device;
}

static int counts_down(int number) { return control[number] > 0 && --control[number] == 0; }

static void enter(void) {
  pthread_mutex_lock(&lock);
  __atomic_store_n(&control[IS_BUSY], 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&control[IS_FROZEN], __ATOMIC_SEQ_CST)) {
    __atomic_store_n(&control[IS_BUSY], 0, __ATOMIC_SEQ_CST);
    for (;;) pause();
  }
  if (counts_down(OPERATIONS_TO_KILL)) kill(getpid(), SIGKILL);
}

static void leave(int error) {
  __atomic_store_n(&control[IS_BUSY], 0, __ATOMIC_SEQ_CST);
  pthread_mutex_unlock(&lock);
  errno = error;
}

static void record(enum kind kind, int failed, const char *path, const char *other, uint64_t inode, uint64_t at,
                   const void *bytes, uint64_t length) {
  struct record head = {.kind = kind, .failed = failed, .inode = inode, .at = at, .length = length};
  head.path = path == NULL ? 0 : strlen(path);
  head.other = other == NULL ? 0 : strlen(other);
  struct iovec parts[] = {{&head, sizeof head}, {(void *)path, head.path}, {(void *)other, head.other}, {(void *)bytes, bytes == NULL ? 0 : length}};
  size_t all = sizeof head + head.path + head.other + parts[3].iov_len;
  if (syscall(SYS_writev, trace, parts, 4) != (ssize_t)all) abort();
}

static uint64_t inode_of(int fd) {
  struct stat is;
  return fstat(fd, &is) == 0 ? is.st_ino : 0;
}

/* Opening */

static int open_at(int directory, const char *path, int flags, mode_t mode) {
  if (directory != AT_FDCWD && path[0] != '/') return syscall(SYS_openat, directory, path, flags, mode);
  if (!is_inside(path)) return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  enter();
  int is_new = (flags & O_CREAT) && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
  int fd = -1, error = 0;
  if (is_new && counts_down(NAMES_TO_FAULT)) error = EIO;
  else {
    fd = syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    error = errno;
  }
  if (fd >= 0) {
    if (fd >= DESCRIPTORS) abort();
    struct stat is;
    if (fstat(fd, &is) != 0) abort();
    tracked[fd].device = is.st_dev;
    tracked[fd].inode = is.st_ino;
    if (is_new) record(CREATE, 0, path, NULL, inode_of(fd), 0, NULL, 0);
    else if (flags & O_TRUNC) record(TRUNCATE, 0, NULL, NULL, inode_of(fd), 0, NULL, 0);
  }
  leave(error);
  return fd;
}

#define MODE_OF(flags)                                   \
  mode_t mode = 0;                                       \
  if (flags & (O_CREAT | O_TMPFILE)) {                   \
    va_list more;                                        \
    va_start(more, flags);                               \
    mode = va_arg(more, mode_t);                         \
    va_end(more);                                        \
  }

int open(const char *path, int flags, ...) { MODE_OF(flags) return open_at(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_OF(flags) return open_at(AT_FDCWD, path, flags, mode); }
int openat(int directory, const char *path, int flags, ...) { MODE_OF(flags) return open_at(directory, path, flags, mode); }
int openat64(int directory, const char *path, int flags, ...) { MODE_OF(flags) return open_at(directory, path, flags, mode); }
int __open_2(const char *path, int flags) { return open_at(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_at(AT_FDCWD, path, flags, 0); }

/* Writing */

#define AT_POSITION -1

static ssize_t write_at(int fd, const struct iovec *parts, int count, off_t at) {
  if (!is_tracked(fd)) {
    return at == AT_POSITION ? syscall(SYS_writev, fd, parts, count) : syscall(SYS_pwritev, fd, parts, count, at, 0);
  }
  size_t length = 0;
  for (int i = 0; i < count; i++) length += parts[i].iov_len;
  char *bytes = malloc(length + 1);
  size_t filled = 0;
  for (int i = 0; i < count; i++) {
    memcpy(bytes + filled, parts[i].iov_base, parts[i].iov_len);
    filled += parts[i].iov_len;
  }
  enter();
  off_t start = at;
  if (at == AT_POSITION) {
    int flags = fcntl(fd, F_GETFL);
    start = lseek(fd, 0, flags & O_APPEND ? SEEK_END : SEEK_CUR);
  }
  /* What fails leaves half of its bytes. Without an error, the write is short. */
  int is_full = control[IS_FULL] != 0;
  int fails = is_full || counts_down(WRITES_TO_FAULT);
  int error = !fails ? 0 : is_full ? ENOSPC : (int)control[WRITE_ERROR];
  size_t wanted = fails ? length / 2 : length;
  ssize_t written = wanted == 0 && length > 0 ? 0 : syscall(SYS_pwrite64, fd, bytes, wanted, start);
  if (written < 0) error = errno;
  else {
    record(WRITE, error != 0, NULL, NULL, inode_of(fd), start, bytes, written);
    if (at == AT_POSITION) lseek(fd, start + written, SEEK_SET);
  }
  leave(error);
  free(bytes);
  return error != 0 ? -1 : written;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (!is_tracked(fd)) return syscall(SYS_write, fd, bytes, length);
  struct iovec part = {(void *)bytes, length};
  return write_at(fd, &part, 1, AT_POSITION);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
  if (!is_tracked(fd)) return syscall(SYS_pwrite64, fd, bytes, length, at);
  struct iovec part = {(void *)bytes, length};
  return write_at(fd, &part, 1, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { return pwrite(fd, bytes, length, at); }
ssize_t writev(int fd, const struct iovec *parts, int count) { return write_at(fd, parts, count, AT_POSITION); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return write_at(fd, parts, count, at); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) { return write_at(fd, parts, count, at); }

int ftruncate(int fd, off_t size) {
  if (!is_tracked(fd)) return syscall(SYS_ftruncate, fd, size);
  enter();
  int result = syscall(SYS_ftruncate, fd, size), error = errno;
  if (result == 0) record(TRUNCATE, 0, NULL, NULL, inode_of(fd), size, NULL, 0);
  leave(error);
  return result;
}
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

static int sync_file(int fd, long call) {
  if (!is_tracked(fd)) return syscall(call, fd);
  enter();
  int fails = counts_down(SYNCS_TO_FAULT);
  record(SYNC, fails, NULL, NULL, inode_of(fd), 0, NULL, 0);
  leave(fails ? EIO : 0);
  return fails ? -1 : 0;
}

int fsync(int fd) { return sync_file(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_file(fd, SYS_fdatasync); }

/* Names */

static int change_names(enum kind kind, const char *path, const char *other, long call, int flags) {
  enter();
  int result = -1, error = EIO;
  if (!counts_down(NAMES_TO_FAULT)) {
    if (kind == RENAME) result = syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, other, 0);
    else result = syscall(call, AT_FDCWD, path, flags);
    error = errno;
  }
  struct stat made = {0};
  if (kind == MAKE_DIRECTORY && result == 0) stat(path, &made);
  if (result == 0) record(kind, 0, path, other, made.st_ino, 0, NULL, 0);
  leave(error);
  return result;
}

int rename(const char *path, const char *other) {
  if (!is_inside(path)) return syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, other, 0);
  return change_names(RENAME, path, other, 0, 0);
}

int unlink(const char *path) {
  if (!is_inside(path)) return syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  return change_names(REMOVE, path, NULL, SYS_unlinkat, 0);
}

int unlinkat(int directory, const char *path, int flags) {
  if (flags != 0 || (directory != AT_FDCWD && path[0] != '/') || !is_inside(path))
    return syscall(SYS_unlinkat, directory, path, flags);
  return unlink(path);
}

int remove(const char *path) {
  if (unlink(path) == 0) return 0;
  return errno == EISDIR || errno == EPERM ? syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR) : -1;
}

int mkdir(const char *path, mode_t mode) {
  if (!is_inside(path)) return syscall(SYS_mkdirat, AT_FDCWD, path, mode);
  return change_names(MAKE_DIRECTORY, path, NULL, SYS_mkdirat, mode);
}

/* The clock */

int clock_gettime(clockid_t clock, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (real == NULL) real = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, now);
  if (result != 0 || control == NULL || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return result;
  int64_t ns = now->tv_sec * 1000000000LL + now->tv_nsec + control[CLOCK_OFFSET_NS];
  now->tv_sec = ns / 1000000000LL;
  now->tv_nsec = ns % 1000000000LL;
  return 0;
}

int gettimeofday(struct timeval *now, void *zone) {
  (void)zone;
  struct timespec exact;
  int result = clock_gettime(CLOCK_REALTIME, &exact);
  if (result != 0) return result;
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *where) {
  struct timespec exact;
  if (clock_gettime(CLOCK_REALTIME, &exact) != 0) return -1;
  if (where != NULL) *where = exact.tv_sec;
  return exact.tv_sec;
}
