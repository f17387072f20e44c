// Moyin's own process, where the engine is: started, spoken to, noticed when it dies.
//
// A message is a packet on a socket that nobody else can reach: fields between tabs, with \t and \\ for the
// two characters themselves. The packets arrive whole and in their order.
#ifndef MOYIN_ENGINE_PROCESS_H
#define MOYIN_ENGINE_PROCESS_H

#include <sys/types.h>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>
#include <fcitx-utils/event.h>

namespace moyin {

using Message = std::vector<std::string>;
using Clock = std::chrono::steady_clock;

class EngineProcess {
public:
    // `onMessage` is called for each message, `onDeath` once the process has gone.
    EngineProcess(fcitx::EventLoop &loop, std::function<void(const Message &)> onMessage,
                  std::function<void()> onDeath);
    ~EngineProcess();

    bool isRunning() const { return socket_ >= 0; }

    // Whether it died so often of late that to start it again would not help.
    bool diesOften() const;

    // Start it, unless it runs or dies often. The command is in the file moyin/command of fcitx5's data.
    void start();

    // Send a message. If the process takes none any more, it is ended, and this returns false.
    bool send(const Message &message);

    // Handle what comes until `isDone`, or for so long.
    void waitUntil(const std::function<bool()> &isDone, std::chrono::milliseconds time);

    // End it; `onDeath` is called.
    void end();

private:
    void readAll();
    void close();

    fcitx::EventLoop &loop_;
    std::function<void(const Message &)> onMessage_;
    std::function<void()> onDeath_;
    std::unique_ptr<fcitx::EventSourceIO> source_;
    std::vector<char> buffer_;
    std::deque<Clock::time_point> deaths_;
    int socket_ = -1;
    pid_t pid_ = 0;
};

} // namespace moyin

#endif
