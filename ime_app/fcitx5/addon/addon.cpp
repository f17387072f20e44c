// 墨音 in fcitx5: keys go to Moyin's own process, texts, candidates and the menu come back.
//
// fcitx5 waits for the answer to a key, but never longer than `patience`: after that the key counts as taken,
// the keys behind it too, and what the process leaves of them is typed when it has answered. A process that is
// gone or stands still takes no letter with it: what was typed is put into the text as letters.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>
#include <fcitx-utils/capabilityflags.h>
#include <fcitx-utils/utf8.h>
#include <fcitx/action.h>
#include <fcitx/addonfactory.h>
#include <fcitx/addonmanager.h>
#include <fcitx/candidatelist.h>
#include <fcitx/inputcontext.h>
#include <fcitx/inputmethodengine.h>
#include <fcitx/inputpanel.h>
#include <fcitx/instance.h>
#include <fcitx/statusarea.h>
#include <fcitx/userinterfacemanager.h>
#include "engine_process.h"

namespace moyin {
namespace {

using namespace fcitx;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds patience{100}; // of fcitx5, which stands still meanwhile
constexpr std::chrono::seconds hung{13};           // the process gives a key back after 10 s at most
constexpr uint64_t restartDelay = 200'000;         // microseconds
constexpr uint32_t release = 1u << 30;
constexpr unsigned int before = 256; // characters of the text before the caret that are told

// What fields ask for, in IBus' numbers.
constexpr int preeditBit = 1, surroundingBit = 1 << 5, passwordPurpose = 8, privateHint = 1 << 11;

bool isSecret(const InputContext &context) { return context.capabilityFlags().test(CapabilityFlag::Password); }

std::string pathOf(const InputContext &context) {
    std::string path;
    for (uint8_t byte : context.uuid()) {
        path += "0123456789abcdef"[byte >> 4];
        path += "0123456789abcdef"[byte & 15];
    }
    return path;
}

std::string digits(int64_t number) { return std::to_string(number); }

int number(const std::string &digits) { return std::atoi(digits.c_str()); }

bool isShortcut(const Key &key) {
    return key.states().testAny(KeyStates{KeyState::Ctrl, KeyState::Alt, KeyState::Super});
}

using Send = std::function<void(Message)>;

class Candidate : public CandidateWord {
public:
    Candidate(Text text, std::function<void()> onClick)
        : CandidateWord(std::move(text)), onClick_(std::move(onClick)) {}
    void select(InputContext *) const override { onClick_(); }

private:
    std::function<void()> onClick_;
};

// A page as the process has it: highlighted, has before, has after, vertical; then each text and its small print.
class Page : public CandidateList, public PageableCandidateList, public CursorMovableCandidateList {
public:
    Page(const Message &fields, size_t first, Send send)
        : send_(std::move(send)), highlighted_(number(fields.at(first))),
          hasBefore_(number(fields.at(first + 1)) != 0), hasAfter_(number(fields.at(first + 2)) != 0),
          isVertical_(number(fields.at(first + 3)) != 0) {
        for (size_t i = first + 4; i + 1 < fields.size(); i += 2) {
            Text text(fields[i]);
            if (!fields[i + 1].empty()) {
                text.append("  " + fields[i + 1], TextFormatFlag::Italic);
            }
            const auto place = digits(static_cast<int64_t>(rows_.size()));
            labels_.emplace_back(digits(static_cast<int64_t>(rows_.size()) + 1) + ". ");
            rows_.push_back(
                std::make_unique<Candidate>(std::move(text), [this, place] { send_({"click", place, "1"}); }));
        }
        setPageable(this);
        setCursorMovable(this);
    }

    const Text &label(int i) const override { return labels_.at(i); }
    const CandidateWord &candidate(int i) const override { return *rows_.at(i); }
    int size() const override { return static_cast<int>(rows_.size()); }
    int cursorIndex() const override { return highlighted_; }
    CandidateLayoutHint layoutHint() const override {
        return isVertical_ ? CandidateLayoutHint::Vertical : CandidateLayoutHint::NotSet;
    }
    bool hasPrev() const override { return hasBefore_; }
    bool hasNext() const override { return hasAfter_; }
    void prev() override { send_({"page", "-1"}); }
    void next() override { send_({"page", "1"}); }
    bool usedNextBefore() const override { return hasBefore_; }
    void prevCandidate() override { send_({"highlight", "-1"}); }
    void nextCandidate() override { send_({"highlight", "1"}); }

private:
    Send send_;
    int highlighted_;
    bool hasBefore_, hasAfter_, isVertical_;
    std::vector<Text> labels_;
    std::vector<std::unique_ptr<Candidate>> rows_;
};

struct PendingKey {
    int64_t serial;
    Key key;
    Clock::time_point since;
};

class Engine : public InputMethodEngineV2 {
public:
    explicit Engine(Instance *instance)
        : instance_(instance), process_(
                                   instance->eventLoop(), [this](const Message &message) { handle(message); },
                                   [this] { onDeath(); }) {
        restart_ = instance->eventLoop().addTimeEvent(CLOCK_MONOTONIC, 0, 0, [this](EventSourceTime *, uint64_t) {
            begin();
            return true;
        });
        restart_->setEnabled(false);
        watch_ = instance->eventLoop().addTimeEvent(CLOCK_MONOTONIC, 0, 0, [this](EventSourceTime *, uint64_t) {
            endIfHung();
            return true;
        });
        watch_->setEnabled(false);
        on(EventType::InputContextCapabilityChanged, [this](InputContext &context) {
            sendField(context, {"field", pathOf(context)});
        });
        on(EventType::InputContextSurroundingTextUpdated, [this](InputContext &context) { sendText(context); });
        watchers_.push_back(instance->watchEvent(
            EventType::InputContextDestroyed, EventWatcherPhase::PostInputMethod, [this](Event &event) {
                const auto path = pathOf(*static_cast<InputContextEvent &>(event).inputContext());
                if (known_.erase(path) != 0) {
                    process_.send({"gone", path});
                }
            }));
        begin();
    }

    void activate(const InputMethodEntry &, InputContextEvent &event) override { focus(*event.inputContext()); }

    void deactivate(const InputMethodEntry &, InputContextEvent &event) override {
        applyDeferred();
        auto &context = *event.inputContext();
        // Where the keyboard goes elsewhere, fcitx5 or the client itself keeps what the client's preedit shows.
        const bool isKept = event.type() != EventType::InputContextSwitchInputMethod;
        giveBack(context, isKept);
        if (active_.get() == &context) {
            process_.send({"leave", pathOf(context)});
            active_.unwatch();
        }
    }

    void reset(const InputMethodEntry &, InputContextEvent &event) override {
        if (active_.get() == event.inputContext()) {
            process_.send({"reset", pathOf(*event.inputContext())});
        }
    }

    void keyEvent(const InputMethodEntry &, KeyEvent &event) override {
        auto &context = *event.inputContext();
        if (!process_.isRunning()) {
            clear(context);
        }
        if (isSecret(context) || !process_.isRunning()) {
            return;
        }
        if (active_.get() != &context) {
            focus(context);
        }
        const Key key = event.rawKey();
        const auto symbol = digits(static_cast<uint32_t>(key.sym()));
        const uint32_t state = key.states().toInteger() & static_cast<uint32_t>(KeyState::UsedMask);
        if (event.isRelease() || key.isModifier()) {
            if (key.isModifier()) { // Shift alone may mean something; nothing waits for the answer
                process_.send({"key", pathOf(context), "0", symbol, digits(state | (event.isRelease() ? release : 0))});
            }
            return;
        }
        applyDeferred();
        const bool isLate = !pending_.empty();
        if (isLate && isShortcut(key)) {
            return; // it could be given back too late only, and to some clients not at all
        }
        const int64_t serial = ++serial_;
        if (!process_.send({"key", pathOf(context), digits(serial), symbol, digits(state)})) {
            return;
        }
        pending_.push_back({serial, key, Clock::now()});
        if (isLate || wait(serial)) {
            event.filterAndAccept();
            echo(context);
        }
    }

    std::string subMode(const InputMethodEntry &, InputContext &) override { return mode_; }

private:
    // The process comes and goes.

    void begin() {
        process_.start();
        if (auto *context = active_.get()) {
            focus(*context);
        }
    }

    void onDeath() {
        nEntering_ = 0;
        unanswered_.clear();
        if (waitedFor_ != 0 && !answer_) { // the key itself is left alone; there is none before it
            pending_.clear();
            answer_ = false;
        }
        if (auto *context = active_.get()) {
            giveBack(*context, false);
        }
        pending_.clear();
        restart_->setNextInterval(restartDelay);
        restart_->setOneShot();
    }

    void endIfHung() {
        if (pending_.empty()) {
            return;
        }
        if (Clock::now() - pending_.front().since > hung) {
            process_.end();
        } else {
            watch();
        }
    }

    void watch() {
        watch_->setNextInterval(1'000'000);
        watch_->setOneShot();
    }

    // Whether the key is taken; if no answer comes in time it is, until the process says otherwise.
    bool wait(int64_t serial) {
        waitedFor_ = serial;
        answer_.reset();
        process_.waitUntil([this] { return answer_.has_value(); }, patience);
        waitedFor_ = 0;
        if (!answer_) {
            watch();
        }
        return answer_.value_or(true);
    }

    // Put into the text what was typed and not answered; with the preedit, unless the client's own `isKept`
    // by others. What a client without one was shown in the panel is kept by nobody else.
    void giveBack(InputContext &context, bool isKept) {
        auto &panel = context.inputPanel();
        const std::string typed = (isKept ? "" : panel.clientPreedit().toString()) + panel.preedit().toString();
        const size_t nShown = nEchoed_;
        panel.reset();
        unanswered_.clear();
        if (!typed.empty()) {
            context.commitString(typed);
        }
        clear(context);
        const auto pending = std::exchange(pending_, {});
        for (size_t i = nShown; i < pending.size(); i++) {
            type(context, pending[i].key);
        }
    }

    void clear(InputContext &context) {
        composed_.clear();
        nEchoed_ = 0;
        context.inputPanel().reset();
        context.updatePreedit();
        context.updateUserInterface(UserInterfaceComponent::InputPanel);
    }

    static bool isText(const Key &key) {
        const uint32_t character = Key::keySymToUnicode(key.sym());
        return character >= 0x20 && character != 0x7F && !isShortcut(key);
    }

    static void type(InputContext &context, const Key &key) {
        if (isText(key)) {
            context.commitString(Key::keySymToUTF8(key.sym()));
        } else {
            context.forwardKey(key, false);
            context.forwardKey(key, true);
        }
    }

    // Show the letters that wait for an answer behind what is composed: a client that loses the keyboard keeps
    // what it shows, and some take no text any more.
    void echo(InputContext &context) {
        if (!pending_.empty()) {
            const auto length = static_cast<int>(utf8::length(composed_));
            showPreedit(context, length);
            context.updateUserInterface(UserInterfaceComponent::InputPanel);
        }
    }

    void showPreedit(InputContext &context, int caret) {
        std::string typed = composed_;
        for (nEchoed_ = 0; nEchoed_ < pending_.size() && isText(pending_[nEchoed_].key); nEchoed_++) {
            typed += Key::keySymToUTF8(pending_[nEchoed_].key.sym());
        }
        const auto place = nEchoed_ == 0 ? utf8::ncharByteLength(typed.begin(), caret) : typed.size();
        Text text(typed, TextFormatFlag::Underline);
        text.setCursor(static_cast<int>(place));
        if (context.capabilityFlags().test(CapabilityFlag::Preedit)) {
            context.inputPanel().setClientPreedit(text);
        } else {
            context.inputPanel().setPreedit(text);
        }
        context.updatePreedit();
    }

    // What the process is told of the field.

    void on(EventType type, std::function<void(InputContext &)> act) {
        watchers_.push_back(
            instance_->watchEvent(type, EventWatcherPhase::PostInputMethod, [this, act](Event &event) {
                auto *context = static_cast<InputContextEvent &>(event).inputContext();
                if (active_.get() == context) {
                    act(*context);
                }
            }));
    }

    void focus(InputContext &context) {
        if (active_.get() != &context) {
            composed_.clear();
            nEchoed_ = 0;
        }
        active_ = context.watch();
        process_.start();
        if (!process_.isRunning()) {
            context.inputPanel().setAuxUp(Text("墨音 cannot start · 墨音启动不了: python -m ime_app.fcitx5 status"));
            context.updateUserInterface(UserInterfaceComponent::InputPanel);
            return;
        }
        nEntering_++;
        known_.insert(pathOf(context));
        sendField(context, {"focus", pathOf(context), context.program()});
        sendText(context);
    }

    void sendField(InputContext &context, Message message) {
        const auto flags = context.capabilityFlags();
        const int can = (flags.test(CapabilityFlag::Preedit) ? preeditBit : 0) |
                        (flags.test(CapabilityFlag::SurroundingText) ? surroundingBit : 0);
        const int purpose = isSecret(context) ? passwordPurpose : 0;
        const int hints = flags.test(CapabilityFlag::Sensitive) ? privateHint : 0;
        message.insert(message.end(), {digits(can), digits(purpose), digits(hints)});
        process_.send(message);
    }

    void sendText(InputContext &context) {
        const auto &around = context.surroundingText();
        if (isSecret(context) || !context.capabilityFlags().test(CapabilityFlag::SurroundingText) ||
            !around.isValid()) {
            return;
        }
        const auto &text = around.text();
        const unsigned int first = std::min(around.cursor(), around.anchor());
        const unsigned int last = std::max(around.cursor(), around.anchor());
        const unsigned int begin = first > before ? first - before : 0;
        const auto length = static_cast<unsigned int>(utf8::length(text));
        if (last > length) {
            return;
        }
        const auto from = utf8::ncharByteLength(text.begin(), begin);
        const auto to = utf8::ncharByteLength(text.begin(), std::min(last + 1, length));
        process_.send({"text", pathOf(context), text.substr(from, to - from), digits(around.cursor() - begin),
                       digits(around.anchor() - begin)});
    }

    // What the process says.

    void handle(const Message &message) {
        const auto &what = message.front();
        if (what == "answer" && message.size() == 3) {
            onAnswer(std::atoll(message[1].c_str()), message[2] == "1");
            return;
        }
        if (what == "entered") {
            nEntering_ -= nEntering_ > 0;
            return;
        }
        auto *context = active_.get();
        // What is older than the last focus belongs to a field that was left.
        if (context == nullptr || nEntering_ > 0 || message.size() < 2 || message[1] != pathOf(*context)) {
            return;
        }
        if (!pending_.empty() && changesText(what)) {
            unanswered_.push_back(message);
        } else {
            obey(*context, message);
        }
    }

    // What a key does to the text waits for its answer: if the process dies between the two, the key itself is
    // typed, and nothing of it twice.
    static bool changesText(const std::string &what) {
        return what == "preedit" || what == "commit" || what == "delete" || what == "press";
    }

    void obey(InputContext &context, const Message &message) {
        if (!deferred_.empty() || (message.front() == "delete" && waitedFor_ != 0)) {
            defer(message);
        } else {
            apply(context, message);
        }
    }

    // Within a key, GTK 4 takes what is committed at once, and what is deleted when the key is over: such
    // messages and those behind them are obeyed when it is.
    void defer(const Message &message) {
        if (deferred_.empty()) {
            atPause_ = instance_->eventLoop().addDeferEvent([this](EventSource *) {
                applyDeferred();
                return true;
            });
        }
        deferred_.push_back(message);
    }

    void applyDeferred() {
        for (const auto &message : std::exchange(deferred_, {})) {
            auto *context = active_.get();
            if (context != nullptr && message[1] == pathOf(*context)) {
                apply(*context, message);
            }
        }
    }

    void apply(InputContext &context, const Message &message) {
        const auto &what = message.front();
        if (what == "commit" && message.size() == 3) {
            context.commitString(message[2]);
        } else if (what == "delete" && message.size() == 4) {
            context.deleteSurroundingText(number(message[2]), number(message[3]));
        } else if (what == "press" && message.size() == 3) {
            const Key key(static_cast<KeySym>(number(message[2])));
            context.forwardKey(key, false);
            context.forwardKey(key, true);
        } else if (what == "ask") {
            sendText(context);
        } else if (what == "menu" || what == "item") {
            showMenu(context, message, what == "menu");
        } else {
            show(context, message);
        }
    }

    void onAnswer(int64_t serial, bool isTaken) {
        if (pending_.empty() || pending_.front().serial != serial) {
            return; // of a key that was given back
        }
        const Key key = pending_.front().key;
        pending_.pop_front();
        for (const auto &message : std::exchange(unanswered_, {})) {
            auto *context = active_.get();
            if (context != nullptr && message[1] == pathOf(*context)) {
                obey(*context, message);
            }
        }
        if (serial == waitedFor_) {
            answer_ = isTaken;
        } else if (auto *context = active_.get(); context != nullptr) {
            if (nEchoed_ > 0) { // one letter less waits
                showPreedit(*context, static_cast<int>(utf8::length(composed_)));
            }
            if (!isTaken) {
                type(*context, key);
            }
        }
    }

    void show(InputContext &context, const Message &message) {
        const auto &what = message.front();
        auto &panel = context.inputPanel();
        if (what == "preedit" && message.size() == 4) {
            composed_ = message[2];
            showPreedit(context, number(message[3]));
        } else if (what == "auxiliary" && message.size() == 3) {
            // The panel's own preedit follows the upper line: the reading would run into it.
            const bool isBeside = context.capabilityFlags().test(CapabilityFlag::Preedit);
            panel.setAuxUp(Text(isBeside ? message[2] : ""));
            panel.setAuxDown(Text(isBeside ? "" : message[2]));
        } else if (what == "table" && message.size() >= 6) {
            std::unique_ptr<Page> page;
            if (message.size() > 6) {
                page = std::make_unique<Page>(message, 2, [this](Message told) {
                    if (auto *active = active_.get()) {
                        told.insert(told.begin() + 1, pathOf(*active));
                        process_.send(told);
                    }
                });
            }
            panel.setCandidateList(std::move(page));
        }
        context.updateUserInterface(UserInterfaceComponent::InputPanel);
    }

    // Items: name, label, symbol, kind (0 plain, 1 toggle, 4 line), whether it is on.
    void showMenu(InputContext &context, const Message &message, bool isWhole) {
        for (size_t i = 2; i + 4 < message.size(); i += 5) {
            const auto &name = message[i], &label = message[i + 1], &symbol = message[i + 2];
            if (!symbol.empty()) {
                mode_ = symbol;
            }
            auto &action = actions_[name];
            if (!action) {
                action = std::make_unique<SimpleAction>();
                action->setSeparator(message[i + 3] == "4");
                action->setCheckable(message[i + 3] == "1");
                action->connect<SimpleAction::Activated>(
                    [this, name](InputContext *) { process_.send({"activate", name}); });
                action->registerAction("moyin-" + name, &instance_->userInterfaceManager());
            }
            action->setShortText(symbol.empty() ? label : symbol);
            action->setLongText(label);
            action->setChecked(message[i + 4] == "1");
            if (isWhole) {
                context.statusArea().addAction(StatusGroup::InputMethod, action.get());
            }
            action->update(&context);
        }
        context.updateUserInterface(UserInterfaceComponent::StatusArea);
    }

    Instance *instance_;
    std::map<std::string, std::unique_ptr<SimpleAction>> actions_;
    std::vector<std::unique_ptr<HandlerTableEntry<EventHandler>>> watchers_;
    std::unique_ptr<EventSourceTime> restart_, watch_;
    TrackableObjectReference<InputContext> active_; // the field that has the keyboard, if it is ours
    std::deque<Message> deferred_;                  // to be obeyed once the key is over
    std::unique_ptr<EventSource> atPause_;
    std::deque<PendingKey> pending_;                // told and not answered, in their order
    std::deque<Message> unanswered_;                // of the first pending key, to be obeyed with its answer
    std::string composed_; // as the process has it
    size_t nEchoed_ = 0;   // pending keys that are shown as letters behind it
    int nEntering_ = 0;                             // focuses told and not answered
    int64_t serial_ = 0, waitedFor_ = 0;
    std::set<std::string> known_; // of the fields that the process was told of
    std::optional<bool> answer_;
    std::string mode_; // 中 or 英
    EngineProcess process_;
};

class Factory : public AddonFactory {
    AddonInstance *create(AddonManager *manager) override { return new Engine(manager->instance()); }
};

} // namespace
} // namespace moyin

FCITX_ADDON_FACTORY(moyin::Factory)
