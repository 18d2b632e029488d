/* The floor: CPU of one local 900-byte UDP sendto and recvfrom.
 *
 * usage: floor SECONDS. Four times a second it does 300 rounds, one send then one receive, and
 * prints the thread CPU of one round in microseconds. Everything else is told as a ratio to the
 * mean of these, since the machine's speed changes twofold without showing as load.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 300, BYTES = 900 };

static double thread_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: floor SECONDS\n");
        return 2;
    }
    int samples = (int)(atof(argv[1]) * 4);
    int sender = socket(AF_INET, SOCK_DGRAM, 0);
    int receiver = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (sender < 0 || receiver < 0 || bind(receiver, (struct sockaddr *)&address, length) ||
        getsockname(receiver, (struct sockaddr *)&address, &length)) {
        perror("floor");
        return 1;
    }
    char datagram[BYTES];
    memset(datagram, 0x5a, sizeof datagram);
    for (int sample = 0; sample < samples; sample++) {
        double before = thread_us();
        for (int round = 0; round < ROUNDS; round++) {
            if (sendto(sender, datagram, BYTES, 0, (struct sockaddr *)&address, length) != BYTES ||
                recvfrom(receiver, datagram, BYTES, 0, NULL, NULL) != BYTES) {
                perror("floor");
                return 1;
            }
        }
        printf("%.4f\n", (thread_us() - before) / ROUNDS);
        fflush(stdout);
        usleep(250000);
    }
    return 0;
}
