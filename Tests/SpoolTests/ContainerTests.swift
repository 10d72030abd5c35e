import Spool
import Testing

/// The argument lists that start commands in containers.
@Suite struct ContainerTests {
    private let place = Container.Surroundings(
        directories: ["/groups/me/study", "/groups/me", "/groups/me/study/trials/3", "/lustre/other"],
        workingDirectory: "/groups/me/study/trials/3",
        variables: ["PATH", "STUNE_TO", "OMP_NUM_THREADS", "MINE", "HOME", "MASTER_PORT", "SLURM_JOB_ID"],
        name: "stune-0123.3.0")
    private let command = ["python3", "train.py", "--lr", "0.1 $x"]

    static let table: [(Container, String)] = [
        (
            Container(image: "train.sif", runtime: .apptainer),
            "apptainer exec --bind /groups/me --bind /lustre/other --pwd /groups/me/study/trials/3 train.sif"
        ),
        (
            Container(
                image: "docker://python:3.12", runtime: .apptainer, binds: ["/scratch", "/data:/in:ro"],
                nv: true, options: ["--cleanenv"]),
            "apptainer exec --bind /groups/me --bind /lustre/other --bind /scratch --bind /data:/in:ro --nv "
                + "--pwd /groups/me/study/trials/3 --cleanenv docker://python:3.12"
        ),
        (
            Container(image: "localhost/train:1", runtime: .podman),
            "podman run --rm --name stune-0123.3.0 --network=host --volume /groups/me:/groups/me "
                + "--volume /lustre/other:/lustre/other --workdir /groups/me/study/trials/3 "
                + "--env MASTER_PORT --env OMP_NUM_THREADS --env SLURM_JOB_ID --env STUNE_TO localhost/train:1"
        ),
        (
            Container(
                image: "i", runtime: .podman, binds: ["/scratch", "/data:/in:ro"], nv: true,
                options: ["--shm-size=8g"], variables: ["MINE", "ABSENT"]),
            "podman run --rm --name stune-0123.3.0 --network=host --volume /groups/me:/groups/me "
                + "--volume /lustre/other:/lustre/other --volume /scratch:/scratch --volume /data:/in:ro "
                + "--device nvidia.com/gpu=all --workdir /groups/me/study/trials/3 --env MASTER_PORT --env MINE "
                + "--env OMP_NUM_THREADS --env SLURM_JOB_ID --env STUNE_TO --shm-size=8g i"
        ),
        (
            Container(image: "i.sqsh", runtime: .pyxis, binds: ["/data:/in:ro"], nv: true),
            "srun --overlap --nodes=1 --ntasks=1 --container-image=i.sqsh "
                + "--container-mounts=/groups/me:/groups/me,/lustre/other:/lustre/other,/data:/in:ro "
                + "--container-workdir=/groups/me/study/trials/3 "
                + "--container-env=MASTER_PORT,OMP_NUM_THREADS,SLURM_JOB_ID,STUNE_TO"
        ),
    ]

    @Test(arguments: table)
    func `a command runs by these arguments, its own unchanged at their end`(
        container: Container, words: String
    ) {
        let arguments = container.arguments(running: command, in: place)
        #expect(arguments.dropLast(4).joined(separator: " ") == words)
        #expect(Array(arguments.suffix(4)) == command)
    }

    @Test func `only podman leaves something to remove`() {
        #expect(
            Container(image: "i", runtime: .podman).removal(of: place)
                == ["podman", "rm", "--force", "--time", "0", "--ignore", "stune-0123.3.0"])
        #expect(Container(image: "i", runtime: .apptainer).removal(of: place) == nil)
        #expect(Container(image: "i", runtime: .pyxis).removal(of: place) == nil)
    }

    @Test(
        arguments: [
            ("train.sif", "train.sif"), ("/images/a", "/images/a"), ("./a", "./a"),
            ("x/y.sqsh", "x/y.sqsh"),
            ("docker://python:3.12", nil), ("localhost/train:1", nil), ("library://a/b.sif", nil),
        ] as [(String, String?)])
    func `an image is a file by its name`(image: String, file: String?) {
        #expect(Container(image: image, runtime: .apptainer).imageFile == file)
    }
}
