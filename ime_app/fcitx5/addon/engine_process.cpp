#include "engine_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <fstream>
#include <string_view>
#include <fcitx-utils/standardpath.h>

extern char **environ;

namespace moyin {
namespace {

constexpr char commandFile[] = "moyin/command"; // an argument a line
constexpr size_t largestMessage = 1 << 16;
constexpr size_t maxDeaths = 5; // within a minute
constexpr std::chrono::seconds remembered{60};

std::vector<std::string> readCommand() {
    using fcitx::StandardPath;
    std::ifstream file(StandardPath::global().locate(StandardPath::Type::PkgData, commandFile));
    std::vector<std::string> arguments;
    for (std::string line; std::getline(file, line);) {
        arguments.push_back(line);
    }
    return arguments;
}

std::string packed(const Message &message) {
    std::string packet;
    for (const auto &field : message) {
        if (&field != &message.front()) {
            packet += '\t';
        }
        for (char byte : field) {
            if (byte == '\t' || byte == '\\') {
                packet += '\\';
                byte = byte == '\t' ? 't' : byte;
            }
            packet += byte;
        }
    }
    return packet;
}

Message unpacked(std::string_view packet) {
    Message message(1);
    for (size_t i = 0; i < packet.size(); i++) {
        if (packet[i] == '\t') {
            message.emplace_back();
        } else if (packet[i] == '\\' && i + 1 < packet.size()) {
            i++;
            message.back() += packet[i] == 't' ? '\t' : packet[i];
        } else {
            message.back() += packet[i];
        }
    }
    return message;
}

// Start the command with `socket` as its standard input, in a session of its own; return its id, 0 at failure.
pid_t spawn(std::vector<std::string> command, int socket) {
    std::vector<char *> arguments;
    for (auto &argument : command) {
        arguments.push_back(argument.data());
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, socket, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    pid_t pid = 0;
    if (posix_spawn(&pid, arguments.front(), &files, &attributes, arguments.data(), environ) != 0) {
        pid = 0;
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return pid;
}

} // namespace

EngineProcess::EngineProcess(fcitx::EventLoop &loop, std::function<void(const Message &)> onMessage,
                             std::function<void()> onDeath)
    : loop_(loop), onMessage_(std::move(onMessage)), onDeath_(std::move(onDeath)), buffer_(largestMessage) {}

EngineProcess::~EngineProcess() { close(); } // which is what tells the process to write and go

bool EngineProcess::diesOften() const {
    const auto since = Clock::now() - remembered;
    size_t n = 0;
    for (const auto &death : deaths_) {
        n += death > since;
    }
    return n >= maxDeaths;
}

void EngineProcess::start() {
    if (isRunning() || diesOften()) {
        return;
    }
    int ends[2];
    const auto command = readCommand();
    if (command.empty() || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        deaths_.push_back(Clock::now());
        return;
    }
    pid_ = spawn(command, ends[1]);
    ::close(ends[1]);
    socket_ = ends[0]; // if nothing was started, its end is read at once
    source_ = loop_.addIOEvent(socket_, fcitx::IOEventFlag::In,
                               [this](fcitx::EventSourceIO *, int, fcitx::IOEventFlags) {
                                   readAll();
                                   return true;
                               });
}

bool EngineProcess::send(const Message &message) {
    const std::string packet = packed(message);
    while (isRunning()) {
        if (::send(socket_, packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
            return true;
        }
        if (errno != EINTR) {
            end();
        }
    }
    return false;
}

void EngineProcess::waitUntil(const std::function<bool()> &isDone, std::chrono::milliseconds time) {
    const auto until = Clock::now() + time;
    while (isRunning() && !isDone()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0) {
            return;
        }
        pollfd waited{socket_, POLLIN, 0};
        if (poll(&waited, 1, static_cast<int>(left)) > 0) {
            readAll();
        }
    }
}

void EngineProcess::readAll() {
    while (isRunning()) {
        const ssize_t size = recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
        if (size > 0) {
            onMessage_(unpacked({buffer_.data(), static_cast<size_t>(size)}));
        } else if (size < 0 && errno == EAGAIN) {
            return;
        } else if (size == 0 || errno != EINTR) {
            end();
        }
    }
}

void EngineProcess::end() {
    if (!isRunning()) {
        return;
    }
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
    }
    close();
    deaths_.push_back(Clock::now());
    if (deaths_.size() > maxDeaths) {
        deaths_.pop_front();
    }
    onDeath_();
}

void EngineProcess::close() {
    if (source_) {
        source_->setEnabled(false); // its callback may be running: it is replaced at the next start
    }
    if (socket_ >= 0) {
        ::close(socket_);
    }
    socket_ = -1;
    if (pid_ > 0) {
        waitpid(pid_, nullptr, WNOHANG); // fcitx5 takes care of those that have not ended yet
    }
    pid_ = 0;
}

} // namespace moyin
