// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QTimer>

#include <optional>
#include <string>
#include <vector>

#include "app/engine/background_work.h"
#include "app/feedback/fitted_taste.h"

namespace app {

class EngineThread;
class Library;
class SignalStore;
struct PictureToSee;
struct SeenPicture;

/// What the loaded model sees in the pictures of the library. What it saw earlier is read from the database, a few rows at a time so that the window
/// stays fluid; at the rest it looks in the background of the engine. Lives on the GUI thread and never waits.
class PictureSight final : public QObject {
    Q_OBJECT
public:
    static constexpr std::size_t most_unrated = 400;  ///< of the newest: enough for a basis and for questions

    PictureSight(EngineThread& engine, Library& library, SignalStore& store, QObject* parent = nullptr);
    ~PictureSight() override;

    /// Has the model look at what it has not seen: first what was judged, then the newest. Does nothing while no model is loaded.
    void look(std::vector<ItemId> judged);
    void forget();  ///< everything, and which model it was; look() begins anew

    const TraitsByItem& traits() const { return traits_; }
    const std::string& version() const { return version_; }  ///< of all of traits(); empty: not known yet, or this model cannot learn
    bool isReading() const { return reading_; }              ///< what was seen earlier is not all there yet
    bool isDone() const;                                     ///< as far as the loaded model sees anything, traits() is all there is

Q_SIGNALS:
    void seen();  ///< traits() grew, or all that was seen earlier was read
    void done();  ///< isDone() by now

private:
    void read(std::vector<ItemId> items);
    void readSome();
    void lookAt(const std::vector<ItemId>& items);
    void start(std::vector<PictureToSee> pictures);
    void adopt(const std::string& version);
    void keep(std::vector<SeenPicture> pictures);
    void onEnded();

    EngineThread& engine_;
    Library& library_;
    SignalStore& store_;
    std::vector<ItemId> judged_;
    std::string version_;
    bool asked_ = false;  ///< for the version
    TraitsByItem traits_;
    std::optional<BackgroundId> looking_;
    bool look_again_ = false;
    bool reading_ = false;
    std::vector<ItemId> to_read_;
    std::size_t next_to_read_ = 0;
    std::vector<ItemId> unseen_;  ///< of those that were read: the model has yet to look at them
    QTimer turn_;                 ///< of the next rows: whatever the window wants comes before
};

}  // namespace app
