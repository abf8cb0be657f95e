// SPDX-License-Identifier: Apache-2.0
// Training sessions of the tiny model from start to adapter.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "inference/engine/loaded_model.h"
#include "inference/learning/adapter_layout.h"
#include "inference/learning/training_checkpoint.h"
#include "inference/learning/training_run.h"
#include "inference/learning/training_setup.h"
#include "inference/learning/training_shortage.h"
#include "inference/model/model_config.h"
#include "inference/weights/safetensors.h"
#include "tests/inference/refusal.h"
#include "tests/inference/tiny_engine.h"
#include "tests/learning/training_job.h"

namespace {

using inference::AdapterInfo;
using inference::ErrorCode;
using inference::TrainingJob;
using inference::TrainingObjective;
using inference::TrainingProgress;

class TrainingSession : public testing::Test {
protected:
    void SetUp() override {
        tests::TinyModel().write(folder_.path());
        open(tests::tiny_config(folder_.path()));
    }
    void open(inference::EngineConfig config) {
        config.adapters_path = folder_.file("adapters");
        auto opened = tests::open_engine(config);
        ASSERT_TRUE(opened) << opened.error().detail;
        engine_ = *std::move(opened);
    }
    inference::LearningEngine& learning() { return *engine_->learning(); }
    TrainingJob job() const { return tests::tiny_job(engine_->model().id, folder_.file("job")); }
    /// Enough of it, by the taste alone, for the tiny model to follow.
    TrainingJob guided_job() const {
        auto asked = job();
        asked.config.steps = 60;
        asked.config.groups_per_step = 3;
        asked.config.inverse_strength = 0.5;
        asked.config.prompt_weight = 0.0;
        return asked;
    }
    std::unique_ptr<inference::TrainingSession> start(const TrainingJob& job) {
        auto session = learning().start_training(job, {});
        EXPECT_TRUE(session) << session.error().detail;
        return session ? *std::move(session) : nullptr;
    }
    /// All slices; each progress that a step ended with.
    static std::vector<TrainingProgress> run(inference::TrainingSession& session) {
        std::vector<TrainingProgress> steps;
        for (;;) {
            const auto progress = session.advance({});
            if (!progress) {
                ADD_FAILURE() << progress.error().detail;
                return steps;
            }
            if (static_cast<int>(steps.size()) < progress->step) steps.push_back(*progress);
            if (progress->done) return steps;
        }
    }
    /// The adapter of a session, where drawing finds it.
    AdapterInfo install(inference::TrainingSession& session) {
        const auto info = session.write_adapter(folder_.file("written.safetensors"), 1.0, {{"note", "a test"}});
        EXPECT_TRUE(info) << info.error().detail;
        if (!info) return {};
        std::filesystem::create_directories(folder_.file("adapters/" + info->id));
        std::filesystem::rename(folder_.file("written.safetensors"), folder_.file("adapters/" + info->id + "/adapter.safetensors"));
        return *info;
    }
    /// The first error of a session.
    inference::Error error_of(const TrainingJob& job) {
        auto session = learning().start_training(job, {});
        if (!session) return session.error();
        for (int slice = 0; slice < 2000; ++slice) {
            const auto progress = (*session)->advance({});
            if (!progress) {
                EXPECT_FALSE((*session)->advance({})) << "a run that failed does not go on";
                return progress.error();
            }
            if (progress->done) break;
        }
        ADD_FAILURE() << "was accepted";
        return {};
    }
    /// How much better the adapted model explains the liked pictures than the others, in comparison with the base.
    double preference(const TrainingJob& job, const std::string& adapter) {
        std::vector<inference::PictureQuery> queries;
        std::vector<double> signs;
        for (const auto& picture : job.pictures) {
            if (picture.replay) continue;
            queries.push_back({picture.pixels, picture.prompt, picture.instruction});
            signs.push_back(picture.desirability > 0 ? 1.0 : -1.0);
        }
        inference::DenoisingOptions options;
        const auto base = learning().denoising_losses(queries, options, {});
        options.adapters = {{adapter, 1.0}};
        const auto adapted = learning().denoising_losses(queries, options, {});
        EXPECT_TRUE(base && adapted);
        double sum = 0.0;
        for (std::size_t i = 0; i < signs.size(); ++i) sum += signs[i] * ((*base)[i] - (*adapted)[i]);
        return sum / static_cast<double>(signs.size());
    }
    static double mean_loss(const std::vector<TrainingProgress>& steps, std::size_t first, std::size_t count) {
        double sum = 0.0;
        for (std::size_t i = first; i < first + count; ++i) sum += steps[i].loss;
        return sum / static_cast<double>(count);
    }

    tests::TemporaryFolder folder_;
    std::unique_ptr<inference::Engine> engine_;
};

TEST_F(TrainingSession, learnsWhatIsLikedByGuidance) {
    auto asked = guided_job();
    const auto session = start(asked);
    const auto steps = run(*session);
    ASSERT_EQ(steps.size(), 60u);
    EXPECT_LT(mean_loss(steps, 50, 10), 0.8 * mean_loss(steps, 0, 10));
    EXPECT_GT(preference(asked, install(*session).id), 1e-4);
    EXPECT_GT(steps.back().drift, 0.0);
}

TEST_F(TrainingSession, guidanceThatIsTurnedRoundLearnsTheOpposite) {
    auto asked = guided_job();
    const auto liked = asked;
    for (auto& picture : asked.pictures) picture.desirability = -picture.desirability;
    const auto session = start(asked);
    run(*session);
    EXPECT_LT(preference(liked, install(*session).id), -1e-4);
}

TEST_F(TrainingSession, learnsWhatIsLikedBySignedFlow) {
    auto asked = job();
    tests::set_objective(asked, TrainingObjective::signed_flow);
    asked.config.steps = 60;
    asked.config.groups_per_step = 3;
    asked.config.noise_shift = 1.0;  // the loss is a mean over all levels, and a preference is measured at them
    const auto session = start(asked);
    const auto steps = run(*session);
    ASSERT_EQ(steps.size(), 60u);
    EXPECT_LT(mean_loss(steps, 50, 10), 0.98 * mean_loss(steps, 0, 10));
    const auto adapter = install(*session);
    EXPECT_GT(preference(asked, adapter.id), 1e-3);
    EXPECT_GT(steps.back().drift, 0.0);
    EXPECT_LT(steps.back().drift, 0.1);
}

TEST_F(TrainingSession, reportsItsWay) {
    const auto session = start(job());
    double fraction = 0.0;
    int step = 0;
    for (;;) {
        const auto progress = session->advance({});
        ASSERT_TRUE(progress) << progress.error().detail;
        EXPECT_GE(progress->fraction, fraction);
        EXPECT_GE(progress->step, step);
        EXPECT_LE(progress->step, step + 1);
        EXPECT_EQ(progress->num_steps, 12);
        EXPECT_GE(progress->remaining_ms, 0.0);
        fraction = progress->fraction;
        step = progress->step;
        if (progress->done) break;
        EXPECT_LT(fraction, 1.0);
    }
    EXPECT_EQ(step, 12);
    EXPECT_EQ(fraction, 1.0);
    const auto again = session->advance({});
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->done) << "more slices change nothing";
}

TEST_F(TrainingSession, writesAnAdapterThatSaysWhatItIs) {
    const auto asked = job();
    const auto session = start(asked);
    run(*session);
    const auto info = session->write_adapter(folder_.file("adapter.safetensors"), 1.0, {{"note", "a test"}});
    ASSERT_TRUE(info) << info.error().detail;
    EXPECT_EQ(info->model_id, engine_->model().id);
    EXPECT_EQ(info->rank, 4);
    EXPECT_EQ(info->alpha, 4.0);
    EXPECT_EQ(info->metadata.at("note"), "a test");
    const inference::AdapterLayout layout(inference::read_pipeline_config(folder_.file("pipeline")).transformer);
    EXPECT_EQ(info->parameters, layout.parameters(4));
    EXPECT_EQ(learning().inspect_adapter(folder_.file("adapter.safetensors"), {}), *info);
    EXPECT_FALSE(session->write_adapter(folder_.file("no/such/folder/adapter.safetensors"), 1.0, {}));
}

TEST_F(TrainingSession, dpoAndKtoLearnWhatIsLikedToo) {
    for (const auto objective : {TrainingObjective::dpo, TrainingObjective::kto}) {
        auto asked = job();
        asked.checkpoint_path.clear();
        tests::set_objective(asked, objective);
        asked.config.steps = 60;
        asked.config.groups_per_step = 3;
        asked.config.inverse_strength = 5.0;
        const auto session = start(asked);
        run(*session);
        EXPECT_GT(preference(asked, install(*session).id), 0.0) << inference::to_string(objective);
    }
}

TEST_F(TrainingSession, supervisedAndRewardWeightedLearnTheLikedPictures) {
    for (const auto objective : {TrainingObjective::supervised, TrainingObjective::reward_weighted}) {
        auto asked = job();
        asked.checkpoint_path.clear();
        tests::set_objective(asked, objective);
        asked.config.steps = 40;
        const auto session = start(asked);
        const auto steps = run(*session);
        EXPECT_LT(mean_loss(steps, 30, 10), mean_loss(steps, 0, 10)) << inference::to_string(objective);
    }
}

TEST_F(TrainingSession, drawingBetweenItsSlicesChangesNeitherThePictureNorTheAdapter) {
    auto asked = job();
    asked.checkpoint_path.clear();
    const auto expected_picture = tests::draw(*engine_, tests::tiny_request()).images.front().pixels;
    const auto undisturbed = start(asked);
    run(*undisturbed);
    const auto expected = install(*undisturbed);
    const auto disturbed = start(asked);
    auto other_format = tests::tiny_request();
    other_format.dtype = inference::Dtype::bfloat16;
    for (int slice = 0;; ++slice) {
        const auto progress = disturbed->advance({});
        ASSERT_TRUE(progress) << progress.error().detail;
        if (progress->done) break;
        if (slice % 10 == 0) {
            ASSERT_TRUE(tests::draw(*engine_, other_format).summary) << "the engine loads its weights anew for this one";
        }
        if (slice % 5 == 0) {
            EXPECT_EQ(tests::draw(*engine_, tests::tiny_request()).images.front().pixels, expected_picture);
        }
    }
    EXPECT_EQ(install(*disturbed).id, expected.id);
}

TEST_F(TrainingSession, aCancelledSliceIsDoneAgain) {
    auto asked = job();
    asked.checkpoint_path.clear();
    const auto expected = [&] {
        const auto session = start(asked);
        run(*session);
        return install(*session).id;
    }();
    const auto session = start(asked);
    std::stop_source stopped;
    stopped.request_stop();
    for (;;) {
        const auto cancelled = session->advance(stopped.get_token());
        ASSERT_FALSE(cancelled);
        EXPECT_EQ(cancelled.error().code, ErrorCode::cancelled);
        const auto progress = session->advance({});
        ASSERT_TRUE(progress);
        if (progress->done) break;
    }
    EXPECT_EQ(install(*session).id, expected);
}

TEST_F(TrainingSession, refusesAJobOfAnotherModelOrWithoutPixels) {
    auto other = job();
    other.model_id = std::string(64, 'c');
    EXPECT_EQ(error_of(other).code, ErrorCode::invalid_request);
    auto empty = job();
    empty.pictures.back().pixels = {};
    EXPECT_EQ(error_of(empty).code, ErrorCode::invalid_request);
    EXPECT_FALSE(learning().estimate_training(empty, {}));
}

TEST_F(TrainingSession, stopsWhenItsLossIsNoNumber) {
    tests::TinyModel overflowing;
    overflowing.transformer_weights["dit.norm_out.weight"].fill_(1e30);
    overflowing.write(folder_.path());
    open(tests::tiny_config(folder_.path()));
    const auto error = error_of(job());
    EXPECT_EQ(error.code, ErrorCode::internal);
    EXPECT_NE(error.detail.find("finite"), std::string::npos) << error.detail;
}

TEST_F(TrainingSession, stopsWhenItMovesWhatShouldStay) {
    auto asked = job();
    tests::set_objective(asked, TrainingObjective::signed_flow);
    asked.config.learning_rate = 1.0;
    asked.config.steps = 200;
    const auto error = error_of(asked);
    EXPECT_EQ(error.code, ErrorCode::internal);
    EXPECT_NE(error.detail.find("0.1"), std::string::npos) << error.detail;
}

TEST_F(TrainingSession, isEstimatedBeforeItStarts) {
    const auto estimate = learning().estimate_training(job(), {});
    ASSERT_TRUE(estimate) << estimate.error().detail;
    EXPECT_GT(estimate->memory_bytes, 1 << 20);
    EXPECT_GT(estimate->seconds, 0.0);
    EXPECT_TRUE(estimate->measures.empty()) << estimate->measures;
    const inference::AdapterLayout layout(inference::read_pipeline_config(folder_.file("pipeline")).transformer);
    EXPECT_EQ(estimate->adapter_parameters, layout.parameters(4));
    EXPECT_FALSE(std::filesystem::exists(job().checkpoint_path)) << "nothing is written";
}

TEST_F(TrainingSession, goesDownTheLadderWhenMemoryIsShort) {
    const auto model = inference::load_model(inference::read_pipeline_config(folder_.file("pipeline")), folder_.file("text"),
                                             inference::Placement{torch::kCPU, torch::kBFloat16}, {}, {}, {});
    const inference::FrozenModel frozen{
        "id", std::make_shared<const inference::PipelineConfig>(model.config), model.placement, model.transformer, model.autoencoder, {}};
    const auto asked = job();
    auto setup = inference::choose_setup(frozen, asked, std::int64_t{1} << 40);
    EXPECT_TRUE(setup.measures.empty());
    std::vector<std::string> measures;
    for (int rung = 0; rung < 10; ++rung) {
        const auto least = setup.bytes - 1;
        if (tests::refusal([&] { setup = inference::choose_setup(frozen, asked, least); })) break;
        EXPECT_LE(setup.bytes, least);
        measures.push_back(setup.measures);
    }
    ASSERT_GE(measures.size(), 2u);
    EXPECT_EQ(measures.front(), "one picture at a time");
    EXPECT_NE(measures.back().find("half"), std::string::npos) << measures.back();
    EXPECT_EQ(setup.max_side, 16);
    tests::expect_refusal(
        ErrorCode::out_of_memory, [&] { inference::choose_setup(frozen, asked, 1000); }, "MB", "are available");
}

TEST_F(TrainingSession, choosesItsThreadsOnceAndKeepsThemForWhoeverGoesOn) {
    const auto model = inference::load_model(inference::read_pipeline_config(folder_.file("pipeline")), folder_.file("text"),
                                             inference::Placement{torch::kCPU, torch::kFloat32}, {}, {}, {});
    inference::FrozenModel frozen{
        "id", std::make_shared<const inference::PipelineConfig>(model.config), model.placement, model.transformer, model.autoencoder, {}};
    frozen.read_prompts = [&](const auto& texts, const auto& stop) {
        std::vector<std::shared_ptr<const inference::PromptState>> states;
        for (auto& state : model.text->encode(std::vector<std::vector<int>>(texts.size(), {2, 5, 6}), stop))
            states.push_back(std::make_shared<const inference::PromptState>(std::move(state)));
        return states;
    };
    const at::NoGradGuard no_grad;
    auto asked = job();
    asked.model_id = "id";
    at::set_num_threads(2);
    inference::TrainingRun run(frozen, asked, std::int64_t{1} << 40);
    run.probe_threads({});
    const int chosen = run.setup().threads;
    EXPECT_TRUE(chosen == 1 || chosen == 2);
    const inference::AdapterLayout layout(model.config.transformer);
    const auto written = inference::CheckpointFolder(asked.checkpoint_path, inference::job_identity(asked), layout.parameters(4)).read();
    ASSERT_TRUE(written) << "what was chosen is on disk before anything is computed by it";
    EXPECT_EQ(written->setup.threads, chosen);
    EXPECT_EQ(written->state.step, 0);
    for (const int now : {1, 2}) {
        at::set_num_threads(now);
        inference::TrainingRun next(frozen, asked, std::int64_t{1} << 40);
        next.probe_threads({});
        EXPECT_EQ(next.setup().threads, chosen);
    }
    at::set_num_threads(1);
}

TEST_F(TrainingSession, aRunThatMetItsEndInMemoryGoesOnFromItsCheckpointWithLess) {
    const auto asked = job();
    {
        const auto session = start(asked);
        for (;;) {
            const auto progress = session->advance({});
            ASSERT_TRUE(progress) << progress.error().detail;
            if (progress->step >= 6) break;
        }
    }
    const auto setup_of = [&] {
        inference::AdapterLayout layout(inference::read_pipeline_config(folder_.file("pipeline")).transformer);
        auto checkpoint = inference::CheckpointFolder(asked.checkpoint_path, inference::job_identity(asked), layout.parameters(4)).read();
        return checkpoint ? checkpoint->setup : inference::TrainingSetup{};
    };
    const auto before = setup_of();
    EXPECT_GT(before.micro_batch, 1);
    EXPECT_EQ(before.threads, 1) << "what the engine of this test runs on";
    // As the engine notes it when a slice runs out of memory.
    inference::note_shortage(asked.checkpoint_path, learning().estimate_training(asked, {})->memory_bytes);
    const auto session = start(asked);
    EXPECT_EQ(setup_of().micro_batch, 1);
    EXPECT_EQ(setup_of().measures, "one picture at a time");
    EXPECT_EQ(setup_of().threads, before.threads);
    const auto next = session->advance({});
    ASSERT_TRUE(next) << next.error().detail;
    EXPECT_EQ(next->step, 6) << "it goes on where it was";
    inference::note_shortage(asked.checkpoint_path, 1);
    const auto refused = learning().start_training(asked, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::out_of_memory);
    EXPECT_NE(refused.error().detail.find("ran out of memory"), std::string::npos) << refused.error().detail;
}

TEST_F(TrainingSession, aRunWithoutACheckpointAlsoBeginsWithLess) {
    const auto asked = job();
    const auto whole = learning().estimate_training(asked, {});
    ASSERT_TRUE(whole) << whole.error().detail;
    inference::note_shortage(asked.checkpoint_path, whole->memory_bytes);
    inference::note_shortage(asked.checkpoint_path, whole->memory_bytes + 1000);
    EXPECT_EQ(inference::shortage_in(asked.checkpoint_path), whole->memory_bytes) << "the smaller one stays";
    start(asked);
    std::ofstream(asked.checkpoint_path + "/shortage") << "rubbish";
    EXPECT_GT(inference::shortage_in(asked.checkpoint_path), std::int64_t{1} << 60);
}

TEST_F(TrainingSession, picturesOfSeveralSizesAreLearntTogether) {
    auto asked = job();
    asked.pictures[1].pixels = tests::coloured_picture(64, 32, 3, 10, 10, 250);
    asked.pictures[2].pixels = tests::coloured_picture(9, 20, 4, 250, 10, 10);
    const auto session = start(asked);
    EXPECT_EQ(run(*session).size(), 12u);
}

}  // namespace
