// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QObject>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/engine/engine_thread.h"
#include "app/generation/picture_writer.h"
#include "app/jobs/job_queue.h"
#include "app/library/library.h"

namespace app {

struct ProfilePaths;

/// What the canvas shows of the running job: the newest preview of each image under way.
struct LivePreview {
    JobId job;
    int first_image = 0;
    int step = 0;
    int num_steps = 0;
    std::vector<QImage> images;  ///< one an image of the batch under way, of several candidates the best so far; empty until the first preview
};

/// Who chooses among the candidates of a request.
struct Judging {
    CandidateJudge judge;  ///< empty: nobody can
    bool awaited = false;  ///< there is none yet, but one may be on its way: requests with candidates wait for it
};

/// Whether a model can draw with an adapter, by their ids.
using AdapterFits = std::function<bool(const std::string& adapter_id, const std::string& model_id)>;

/// From a request to pictures in the library: fills defaults, validates, queues, drives the engine, writes each finished image
/// (on the pool: file first, then row, then signal) and reports.
class GenerationService final : public QObject {
    Q_OBJECT
public:
    GenerationService(EngineThread& engine, JobQueue& queue, Library& library, const ProfilePaths& paths, QObject* parent = nullptr);
    ~GenerationService() override;

    /// Queues a request. Before the model is loaded it is queued as it is and checked when its turn comes.
    /// Errors: invalid_request (also candidates while nobody can choose among them), io.
    [[nodiscard]] inference::Result<JobId> submit(inference::GenerationRequest request);

    /// For another model than the one that the waiting job was asked of, and will not be there again.
    /// Errors: invalid_request (the model cannot draw it), io.
    [[nodiscard]] inference::Result<void> drawWith(JobId job, const std::string& model_id);

    /// Adapters that do not fit are taken out of what is asked for: a taste must not keep the next model from drawing. All fit until it is called.
    void setAdapterFits(AdapterFits fits);
    void setJudging(Judging judging);  ///< for what is asked for and started from now on; nobody judges until it is called
    const LivePreview& livePreview() const;
    bool isBusy() const;
    void shutdown();  ///< stops the running job and waits for files under way; call before the database closes

Q_SIGNALS:
    void livePreviewChanged();                                        ///< at most about four times a second, and at each step's count
    void pictureWritten(QString path, QImage thumbnail);              ///< just before it enters the library: nobody needs to decode it
    void imageFinished(app::JobId job, int index, app::ItemId item);  ///< in the library by now
    void jobFailed(app::JobId job, inference::Error error);

private:
    struct State;
    [[nodiscard]] inference::Result<JobId> enqueue(const inference::GenerationRequest& request);
    void start(JobId id, std::stop_token stop);
    void onModelLoaded(const inference::ModelInfo& model);
    void onStepped(JobId id, const inference::StepProgress& progress);
    void onPreviewed(JobId id, int first_image, const std::vector<QImage>& images);
    void onImageReady(JobId id, const std::shared_ptr<const inference::RenderedImage>& image);
    void onStored(JobId id, const PictureWriter::Task& task, const PictureWriter::Outcome& outcome);
    void finishIfAllStored();
    std::unique_ptr<State> state_;
};

}  // namespace app
