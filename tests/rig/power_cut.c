/* Keeps what survives a power cut: a copy of each file of a folder as it was at its last sync.
   Loaded with LD_PRELOAD; POWER_CUT_FOLDER is the folder, POWER_CUT_IMAGE gets the copies. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void copy_to_image(int descriptor)
{
    const char *folder = getenv("POWER_CUT_FOLDER"), *image = getenv("POWER_CUT_IMAGE");
    char link[64], path[4096], draft[4200], target[4200], buffer[65536];
    if (folder == NULL || image == NULL)
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return;
    path[length] = '\0';
    if (strncmp(path, folder, strlen(folder)) != 0)
        return;
    const char *name = strrchr(path, '/') + 1;
    snprintf(target, sizeof target, "%s/%s", image, name);
    snprintf(draft, sizeof draft, "%s/.%s.%ld", image, name, syscall(SYS_gettid));
    int from = open(path, O_RDONLY), to = open(draft, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ssize_t size = -1;
    while (from >= 0 && to >= 0 && (size = read(from, buffer, sizeof buffer)) > 0)
        if (write(to, buffer, size) != size)
            abort();
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    if (size == 0)
        rename(draft, target);
    else
        unlink(draft);
}

static int synced(const char *name, int descriptor)
{
    int (*real)(int) = dlsym(RTLD_NEXT, name);
    int result = real(descriptor);
    if (result == 0)
        copy_to_image(descriptor);
    return result;
}

int fsync(int descriptor) { return synced("fsync", descriptor); }
int fdatasync(int descriptor) { return synced("fdatasync", descriptor); }

/* A deletion counts as done: SQLite deletes only what it does not need any more. */
int unlink(const char *path)
{
    int (*real)(const char *) = dlsym(RTLD_NEXT, "unlink");
    const char *folder = getenv("POWER_CUT_FOLDER"), *image = getenv("POWER_CUT_IMAGE");
    if (folder != NULL && image != NULL && strncmp(path, folder, strlen(folder)) == 0) {
        char target[4200];
        snprintf(target, sizeof target, "%s/%s", image, strrchr(path, '/') + 1);
        real(target);
    }
    return real(path);
}
