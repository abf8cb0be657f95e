// SPDX-License-Identifier: Apache-2.0
#include "app/session/latency_probe.h"

#include <QCoreApplication>
#include <QEvent>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <stop_token>
#include <thread>

namespace app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto interval = std::chrono::milliseconds(2);
constexpr double bucket_ms = 0.05;
constexpr std::size_t bucket_count = 40000;  ///< up to two seconds; longer delays only count as the longest

const QEvent::Type tick_type = static_cast<QEvent::Type>(QEvent::registerEventType());

class Tick final : public QEvent {
public:
    Tick() : QEvent(tick_type), sent(Clock::now()) {}
    Clock::time_point sent;
};

class Histogram {
public:
    void add(double delay_ms) {
        const auto bucket = static_cast<std::size_t>(std::max(delay_ms, 0.0) / bucket_ms);
        ++counts_[std::min(bucket, bucket_count - 1)];
        ++samples_;
        max_ms_ = std::max(max_ms_, delay_ms);
    }
    QJsonObject toJson() const {
        return {{QStringLiteral("samples"), samples_},
                {QStringLiteral("p50_ms"), percentile(0.50)},
                {QStringLiteral("p99_ms"), percentile(0.99)},
                {QStringLiteral("max_ms"), max_ms_}};
    }

private:
    double percentile(double share) const {
        const auto wanted = static_cast<qint64>(share * static_cast<double>(samples_));
        qint64 seen = 0;
        for (std::size_t bucket = 0; bucket < bucket_count; ++bucket) {
            seen += counts_[bucket];
            if (seen > wanted) return std::min(static_cast<double>(bucket + 1) * bucket_ms, max_ms_);
        }
        return max_ms_;
    }

    std::array<qint64, bucket_count> counts_{};
    qint64 samples_ = 0;
    double max_ms_ = 0.0;
};

/// Time since the kernel started this process (proc(5): field 22 of stat, in clock ticks since boot), good to 10 ms.
double processAgeMs() {
    QFile stat(QStringLiteral("/proc/self/stat"));
    if (!stat.open(QIODevice::ReadOnly)) return 0.0;
    // The name in brackets may hold blanks; field 3 follows it.
    const QList<QByteArray> fields = stat.readAll().split(')').last().trimmed().split(' ');
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    const double started_s = fields.value(19).toDouble() / static_cast<double>(sysconf(_SC_CLK_TCK));
    return (static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9 - started_s) * 1e3;
}

}  // namespace

struct LatencyProbe::State {
    QString file;
    Histogram all;
    Histogram busy;
    std::function<bool()> is_busy;
    double first_paint_ms = 0.0;
    std::jthread ticker;  ///< last: ends before what it posts to
};

LatencyProbe::LatencyProbe(const QString& file, QObject* parent) : QObject(parent), state_(std::make_unique<State>()) {
    state_->file = file;
    state_->ticker = std::jthread([this](const std::stop_token& stop) {
        for (auto next = Clock::now(); !stop.stop_requested(); next += interval) {
            std::this_thread::sleep_until(next);
            QCoreApplication::postEvent(this, new Tick);
        }
    });
}

LatencyProbe::~LatencyProbe() {
    state_->ticker = {};
    const QJsonObject report{{QStringLiteral("first_paint_ms"), state_->first_paint_ms},
                             {QStringLiteral("all"), state_->all.toJson()},
                             {QStringLiteral("busy"), state_->busy.toJson()}};
    QFile file(state_->file);
    if (file.open(QIODevice::WriteOnly)) file.write(QJsonDocument(report).toJson());
}

void LatencyProbe::watchFirstPaint(QObject& window) { window.installEventFilter(this); }

void LatencyProbe::countWhile(std::function<bool()> is_busy) { state_->is_busy = std::move(is_busy); }

bool LatencyProbe::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Paint) {
        state_->first_paint_ms = processAgeMs();
        watched->removeEventFilter(this);
    }
    return QObject::eventFilter(watched, event);
}

void LatencyProbe::customEvent(QEvent* event) {
    if (event->type() != tick_type) return;
    const double delay_ms = std::chrono::duration<double, std::milli>(Clock::now() - static_cast<Tick*>(event)->sent).count();
    state_->all.add(delay_ms);
    if (state_->is_busy && state_->is_busy()) state_->busy.add(delay_ms);
}

}  // namespace app
